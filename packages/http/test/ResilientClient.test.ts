import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { Authorization, Connectivity, Gate, Health, Retry, Timeouts, Verdict } from "@holdfast/core"
import { ResilientClient } from "@holdfast/http"
import { answer, decode, fails, html, scripted, type Step, VendorError, withoutJitter } from "./support/clients.ts"
import { url, ok, hangs, dies, cut, run, post, table } from "./support/resilientClient.ts"

describe("ResilientClient", () => {
  describe("retries", () => {
    it.effect("sends eight attempts, at 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 and 63.5 s", () =>
      Effect.gen(function* () {
        const vendor = yield* run([answer("busy", { status: 503 })])
        assert.deepStrictEqual(vendor.times, table)
        assert.strictEqual(vendor.error._tag, "VendorError")
        const transport = yield* run([fails("ECONNRESET")])
        assert.deepStrictEqual(
          transport.times.map((time) => time - transport.times[0]!),
          table,
        )
        assert.strictEqual(transport.error._tag, "ConnectionReset")
      }),
    )

    it.effect("returns the first successful response", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([fails("ECONNREFUSED"), answer("busy", { status: 503 }), ok])
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5, 1.5])
      }),
    )

    it.effect("does not retry an error whose table row forbids retries", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([answer("no", { status: 403 }), ok])
        assert.deepStrictEqual(times, [0])
        assert.strictEqual(error._tag, "VendorError")
      }),
    )

    it.effect("waits for the server's hint, given in seconds or as a date on the server's clock, for up to 2 min", () =>
      Effect.gen(function* () {
        const { times } = yield* run([
          answer("slow", { status: 429, headers: { "retry-after": "5" } }),
          answer("slow", {
            status: 429,
            headers: { date: "Sun, 06 Nov 2033 08:49:37 GMT", "retry-after": "Sun, 06 Nov 2033 08:49:47 GMT" },
          }),
          answer("slow", { status: 429, headers: { "retry-after": "60" } }),
          answer("slow", { status: 429, headers: { "retry-after": "soon" } }),
          ok,
        ])
        assert.deepStrictEqual(times, [0, 5, 15, 75, 79])
      }),
    )

    it.effect("counts the attempts of each call separately", () =>
      Effect.gen(function* () {
        const script = scripted(fails("ECONNRESET"))
        const client = ResilientClient.make(script.client, { decode, retry: Retry.policy({ attempts: 2 }) })
        const call = client.get(url)
        const fiber = yield* Effect.forkChild(withoutJitter(Effect.all([Effect.flip(call), Effect.flip(call)])))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(script.times, [0, 0.5, 0.5, 1])
      }),
    )

    it.effect("does not retry a call that is interrupted during an attempt", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const client = ResilientClient.make(script.client, { decode, defects: "once" })
        const fiber = yield* Effect.forkChild(client.get(url))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(script.times, [0])
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      }),
    )

    it.effect("does not retry a call that is interrupted during a wait", () =>
      Effect.gen(function* () {
        const script = scripted(fails("ECONNRESET"))
        const client = ResilientClient.make(script.client, { decode })
        const fiber = yield* Effect.forkChild(withoutJitter(client.get(url)))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(script.times, [0, 0.5])
      }),
    )
  })

  describe("timeouts", () => {
    it.effect("limits each attempt to 15 s", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([hangs])
        assert.deepStrictEqual(
          times,
          table.map((time, n) => time + 15 * n),
        )
        assert.strictEqual(error._tag, "RequestTimedOut")
        assert.strictEqual(error.reached, "maybe")
      }),
    )

    it.effect("interrupts an attempt that times out", () =>
      Effect.gen(function* () {
        let stopped = 0
        const step: Step = () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => void stopped++))
        const { times } = yield* run([step, ok], { timeout: Timeouts.chunk })
        assert.deepStrictEqual(times, [0, 300.5])
        assert.strictEqual(stopped, 1)
      }),
    )

    it.effect("includes the time to read the response in the timeout of the attempt", () =>
      Effect.gen(function* () {
        const silent = answer(new ReadableStream({}), { status: 500 })
        assert.deepStrictEqual((yield* run([silent, ok])).times, [0, 15.5])
        const { outcome, times } = yield* run([answer(new ReadableStream({})), ok], { json: true })
        assert.deepStrictEqual(
          times.map((time) => time - times[0]!),
          [0, 15.5],
        )
        assert.strictEqual(outcome, 200)
      }),
    )
  })

  describe("requests that are not idempotent", () => {
    it.effect(
      "does not repeat a non-idempotent request after a reset, a timeout, a truncated response or an unclear response",
      () =>
        Effect.gen(function* () {
          for (const [step, tag] of [
            [fails("ECONNRESET"), "ConnectionReset"],
            [hangs, "RequestTimedOut"],
            [cut(201), "TruncatedBody"],
            [answer("later", { status: 202 }), "UnexpectedStatus"],
            [answer('{"half":'), "DecodeFailure"],
          ] as const) {
            const { error, times } = yield* run([step, ok], { json: true, expects: [200, 201, 204] }, post)
            assert.strictEqual(error._tag, tag)
            assert.deepStrictEqual(
              [times.length, error.reached, error.verdict?.retry, error.verdict?.change],
              [1, "maybe", "never", "human"],
              tag,
            )
          }
        }),
    )

    it.effect("repeats a non-idempotent request after a refused connection", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run(
          [fails("ECONNREFUSED"), fails("ENOTFOUND"), html(200), ok],
          { json: true },
          post,
        )
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5, 1.5, 3.5])
      }),
    )

    it.effect(
      "repeats a non-idempotent request if the vendor's row allows it, even if the error response was truncated",
      () =>
        Effect.gen(function* () {
          const { outcome, times } = yield* run([answer("busy", { status: 503 }), cut(503), ok], {}, post)
          assert.strictEqual(outcome, 200)
          assert.deepStrictEqual(times, [0, 0.5, 1.5])
          const refused = yield* run([cut(403), ok], {}, post)
          assert.strictEqual(refused.error._tag, "VendorError")
          assert.strictEqual(refused.times.length, 1)
        }),
    )

    it.effect(
      "does not repeat a non-idempotent request after a defect, because the request may already have been sent",
      () =>
        Effect.gen(function* () {
          const { outcome, times } = yield* run([dies, ok], { defects: "once" }, post)
          assert.strictEqual(times.length, 1)
          assert.instanceOf(outcome, RangeError)
        }),
    )
  })

  describe("defects", () => {
    it.effect("ends the call after a defect by default", () =>
      Effect.gen(function* () {
        const { exit, outcome, times } = yield* run([dies, ok])
        assert.deepStrictEqual(times, [0])
        assert.instanceOf(outcome, RangeError)
        assert.isTrue(Exit.hasDies(exit))
      }),
    )

    it.effect("retries a defect once if the policy allows it, and still reports the failure as a defect", () =>
      Effect.gen(function* () {
        const once = yield* run([dies, ok], { defects: "once" })
        assert.deepStrictEqual(once.times, [0, 0.5])
        assert.strictEqual(once.outcome, 200)
        const twice = yield* run([dies], { defects: "once" })
        assert.strictEqual(twice.times.length, 2)
        assert.isTrue(Exit.hasDies(twice.exit))
      }),
    )

    it.effect("treats an exception in a decoder as a defect", () =>
      Effect.gen(function* () {
        const broken = (): VendorError => {
          throw new RangeError("decoder")
        }
        const { exit } = yield* run([answer("no", { status: 400 })], { decode: broken })
        assert.isTrue(Exit.hasDies(exit))
      }),
    )
  })

  it.effect("names the URL that the wrapped client requested, even without a response", () =>
    Effect.gen(function* () {
      for (const step of [hangs, fails("ECONNRESET"), cut(200)]) {
        const { client } = scripted(step)
        const api = client.pipe(HttpClient.mapRequest(HttpClientRequest.prependUrl("https://api.test")))
        const resilient = ResilientClient.make(api, { decode, json: true, retry: Retry.policy({ attempts: 1 }) })
        const fiber = yield* Effect.forkChild(Effect.flip(resilient.get("/v2/me?secret=1")))
        yield* TestClock.adjust("1 minute")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual("url" in error ? error.url : undefined, url)
      }
    }),
  )

  describe("gates", () => {
    it.effect(
      "waits while a transport error keeps the connectivity gate closed, without counting the wait toward attempt timeouts",
      () =>
        Effect.gen(function* () {
          let probes = 0
          const check = Effect.suspend(() => (++probes > 1 && probes < 6 ? Effect.fail("down") : Effect.void))
          const layer = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, Health.of({ check }))))
          const connectivity = Context.get(yield* withoutJitter(Layer.build(layer)), Connectivity)
          yield* TestClock.adjust("1 second")
          const { outcome, times } = yield* run([fails("ECONNREFUSED"), ok], { connectivity, timeout: "3 seconds" })
          assert.strictEqual(outcome, 200)
          // Refused at 1 s. Probes at 1, 1.5, 2.5 and 4.5 s fail, and the one at 8.5 s succeeds; then waiting calls are
          // admitted.
          assert.strictEqual(times[0], 1)
          assert.isAtLeast(times[1] ?? 0, 8.5)
          assert.strictEqual(times.length, 2)
          assert.strictEqual((yield* connectivity.gate.stats).closed, 1)
        }),
    )

    it.effect("sends the token from the authorization gate, and a new token after a rejection", () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("authorization")
        let token = Redacted.make("old")
        const rejected: Array<string> = []
        const authorization = Authorization.of({
          gate,
          token: Effect.sync(() => token),
          reject: (used) =>
            Effect.sync(() => {
              rejected.push(Redacted.value(used))
              token = Redacted.make("new")
            }),
        })
        const { outcome, requests } = yield* run([answer("who", { status: 401 }), ok], {
          authorization,
          decode: (seen) =>
            new VendorError({ answer: seen, verdict: Verdict.always({ closes: "authorization", change: "token" }) }),
        })
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(
          requests.map(({ headers }) => headers["authorization"]),
          ["Bearer old", "Bearer new"],
        )
        assert.deepStrictEqual(rejected, ["old"])
      }),
    )

    it.effect("redacts a token that the server repeats in a response before the response reaches the decoder", () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("authorization")
        const authorization = Authorization.of({
          gate,
          token: Effect.succeed(Redacted.make("EXAMPLEtoken")),
          reject: () => Effect.void,
        })
        const { outcome } = yield* run([answer('{"message":"EXAMPLEtoken is spent"}', { status: 400 })], {
          authorization,
        })
        assert.instanceOf(outcome, VendorError)
        assert.strictEqual((outcome as VendorError).answer.body, '{"message":"(redacted) is spent"}')
      }),
    )

    it.effect("does not send a token without an authorization gate", () =>
      Effect.gen(function* () {
        const { requests } = yield* run([ok])
        assert.isUndefined(requests[0]?.headers["authorization"])
      }),
    )
  })

  it.effect(
    "applies transformations of the given client to every attempt, but applies transformations added later once per call",
    () =>
      Effect.gen(function* () {
        const script = scripted(fails("ECONNRESET"), fails("ECONNRESET"), ok)
        const counts = { inner: 0, outer: 0 }
        const count = (key: keyof typeof counts) => (request: HttpClientRequest.HttpClientRequest) => {
          counts[key]++
          return request
        }
        const inner = script.client.pipe(HttpClient.mapRequest(count("inner")))
        const client = ResilientClient.make(inner, { decode }).pipe(HttpClient.mapRequest(count("outer")))
        const fiber = yield* Effect.forkChild(client.get(url))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(counts, { inner: 3, outer: 1 })
      }),
  )
})
