import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Fiber, Layer, Redacted, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { Authorization, Connectivity, Gate, Health, Retry, Timeouts, Verdict } from "@holdfast/core"
import { ResilientClient, ResponseBody } from "@holdfast/http"
import {
  answer,
  decode,
  fails,
  html,
  nodeError,
  scripted,
  type Step,
  VendorError,
  withoutJitter,
} from "./support/clients.ts"

const url = "https://api.test/v2/me"
const ok = answer('{"ok":true}', { headers: { "content-type": "application/json" } })
const hangs: Step = () => Effect.never
const dies: Step = () => Effect.die(new RangeError("divided by zero"))
const cut =
  (status: number): Step =>
  (request) =>
    answer(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"half":')),
        pull: (controller) => controller.error(nodeError("ECONNRESET")),
      }),
      { status },
    )(request)

/** Runs a call for a long (virtual) time without jitter; its result, with the times and requests of its attempts. */
const run = (
  steps: ReadonlyArray<Step>,
  options: Partial<ResilientClient.Options<VendorError>> = {},
  request = HttpClientRequest.get(url),
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const client = ResilientClient.make(script.client, { decode, ...options })
    const fiber = yield* Effect.forkChild(withoutJitter(client.execute(request)))
    yield* TestClock.adjust("10 minutes")
    const exit = fiber.pollUnsafe()
    assert.isDefined(exit, "the call ended")
    const outcome = Exit.isSuccess(exit!) ? exit.value.status : Cause.squash(exit!.cause)
    const error = outcome as {
      readonly _tag?: string
      readonly verdict?: Verdict.Verdict
      readonly reached?: string
      readonly status?: number
    }
    return { ...script, outcome, error, exit: exit! }
  })

const post = HttpClientRequest.post(url)
const table = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]

describe("ResilientClient", () => {
  describe("retries", () => {
    it.effect("sends eight times, at 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 and 63.5 s", () =>
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

    it.effect("returns the first success", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([fails("ECONNREFUSED"), answer("busy", { status: 503 }), ok])
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5, 1.5])
      }),
    )

    it.effect("does not retry what the vendor's row forbids", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([answer("no", { status: 403 }), ok])
        assert.deepStrictEqual(times, [0])
        assert.strictEqual(error._tag, "VendorError")
      }),
    )

    it.effect("waits as long as the server asks, in seconds or as a date by the server's clock, up to 2 min", () =>
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

    it.effect("starts the attempts of every call anew", () =>
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

    it.effect("is not retried when it is interrupted", () =>
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

    it.effect("is not retried when it is interrupted while it waits", () =>
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
    it.effect("gives each attempt 15 s", () =>
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

    it.effect("stops the attempt that took too long", () =>
      Effect.gen(function* () {
        let stopped = 0
        const step: Step = () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => void stopped++))
        const { times } = yield* run([step, ok], { timeout: Timeouts.chunk })
        assert.deepStrictEqual(times, [0, 300.5])
        assert.strictEqual(stopped, 1)
      }),
    )

    it.effect("counts the reading of an answer as part of the attempt", () =>
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
    it.effect("are not repeated after a reset, a timeout, a cut answer or an answer that says nothing", () =>
      Effect.gen(function* () {
        for (const [step, tag] of [
          [fails("ECONNRESET"), "ConnectionReset"],
          [hangs, "RequestTimedOut"],
          [cut(201), "TruncatedBody"],
          [answer("later", { status: 202 }), "UnexpectedStatus"],
          [answer('{"half":'), "DecodeFailure"],
        ] as const) {
          const { error, times } = yield* run([step, ok], { json: true }, post)
          assert.strictEqual(error._tag, tag)
          assert.deepStrictEqual(
            [times.length, error.reached, error.verdict?.retry, error.verdict?.change],
            [1, "maybe", "never", "human"],
            tag,
          )
        }
      }),
    )

    it.effect("are repeated after a refusal of the connection", () =>
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

    it.effect("are repeated when the vendor's row says so, even if the refusal was cut short", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([answer("busy", { status: 503 }), cut(503), ok], {}, post)
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5, 1.5])
        const refused = yield* run([cut(403), ok], {}, post)
        assert.strictEqual(refused.error._tag, "VendorError")
        assert.strictEqual(refused.times.length, 1)
      }),
    )

    it.effect("are not repeated after a defect, which does not say how far it came", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([dies, ok], { defects: "once" }, post)
        assert.strictEqual(times.length, 1)
        assert.instanceOf(outcome, RangeError)
      }),
    )
  })

  describe("defects", () => {
    it.effect("end the call by default", () =>
      Effect.gen(function* () {
        const { exit, outcome, times } = yield* run([dies, ok])
        assert.deepStrictEqual(times, [0])
        assert.instanceOf(outcome, RangeError)
        assert.isTrue(Exit.hasDies(exit))
      }),
    )

    it.effect("are retried one time where the policy says once, and stay defects", () =>
      Effect.gen(function* () {
        const once = yield* run([dies, ok], { defects: "once" })
        assert.deepStrictEqual(once.times, [0, 0.5])
        assert.strictEqual(once.outcome, 200)
        const twice = yield* run([dies], { defects: "once" })
        assert.strictEqual(twice.times.length, 2)
        assert.isTrue(Exit.hasDies(twice.exit))
      }),
    )

    it.effect("include those of a decoder", () =>
      Effect.gen(function* () {
        const broken = (): VendorError => {
          throw new RangeError("decoder")
        }
        const { exit } = yield* run([answer("no", { status: 400 })], { decode: broken })
        assert.isTrue(Exit.hasDies(exit))
      }),
    )
  })

  describe("answers", () => {
    it.effect("expects 200, 201 and 204, and takes other successes for UnexpectedStatus, once", () =>
      Effect.gen(function* () {
        for (const status of [200, 201, 204]) {
          assert.strictEqual((yield* run([answer(null, { status })])).outcome, status)
        }
        for (const status of [202, 206, 301, 304]) {
          const { error, times } = yield* run([answer(null, { status })])
          assert.deepStrictEqual([error._tag, error.status, times.length], ["UnexpectedStatus", status, 2])
        }
        assert.strictEqual((yield* run([answer(null, { status: 202 })], { expects: [202] })).outcome, 202)
        assert.strictEqual(
          (yield* run([answer(null, { status: 200 })], { expects: [202] })).error._tag,
          "UnexpectedStatus",
        )
      }),
    )

    it.effect("gives the vendor's decoder status, headers and the first 64 KiB", () =>
      Effect.gen(function* () {
        const { outcome } = yield* run([answer("x".repeat(100_000), { status: 400, headers: { "X-Request-Id": "7" } })])
        assert.instanceOf(outcome, VendorError)
        const seen = (outcome as VendorError).answer
        assert.strictEqual(seen.status, 400)
        assert.strictEqual(seen.headers["x-request-id"], "7")
        assert.strictEqual(seen.body.length, 65_536)
      }),
    )

    it.effect("leaves HTML with an error status to the vendor's decoder", () =>
      Effect.gen(function* () {
        for (const status of [404, 500, 502]) {
          const { error } = yield* run([html(status)], { json: true })
          assert.strictEqual(error._tag, "VendorError")
        }
      }),
    )

    it.effect("retries an error that was cut short", () =>
      Effect.gen(function* () {
        const { outcome, times } = yield* run([cut(400), ok])
        assert.strictEqual(outcome, 200)
        assert.deepStrictEqual(times, [0, 0.5])
      }),
    )

    it.effect("leaves a body alone that it was not told to read", () =>
      Effect.gen(function* () {
        const { client } = scripted(html(200))
        const response = yield* ResilientClient.make(client, { decode }).get(url)
        assert.match(yield* response.text, /Hotel/)
      }),
    )
  })

  describe("JSON", () => {
    it.effect("takes HTML with a success status for a captive portal and closes the gate", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([html(200)], { json: true })
        assert.deepStrictEqual(
          [error._tag, error.reached, error.verdict?.retry, error.verdict?.closes, error.verdict?.change],
          ["CaptivePortal", "nothing", "always", "connectivity", "human"],
        )
        assert.strictEqual(times.length, 8)
      }),
    )

    it.effect("knows a portal by any of its tricks", () =>
      Effect.gen(function* () {
        for (const step of [
          answer("\n<html><body>Sign in", { status: 200 }),
          answer("<!doctype HTML>", { status: 200, headers: { "content-type": "application/json" } }),
          html(203),
          html(302, { location: "https://login.hotel.test/" }),
          html(307, { location: "/login" }),
          answer(null, { status: 302, headers: { location: "http://login.hotel.test/" } }),
          answer(null, { status: 303, headers: { location: "//login.hotel.test/" } }),
          html(511),
        ]) {
          const { error } = yield* run([step], { json: true })
          assert.strictEqual(error._tag, "CaptivePortal")
        }
      }),
    )

    it.effect("does not take a redirect within the host for a portal, nor one that was said to be for good", () =>
      Effect.gen(function* () {
        for (const [status, location] of [
          [302, "/v2/me/"],
          [307, "https://api.test/v3/me"],
          [301, "https://elsewhere.test/"],
          [308, "https://elsewhere.test/"],
          [302, "http://["],
        ] as const) {
          const { error } = yield* run([answer(null, { status, headers: { location } })], { json: true })
          assert.strictEqual(error._tag, "RedirectRefused", location)
        }
      }),
    )

    it.effect("does not take an empty body or JSON with the wrong type for a portal", () =>
      Effect.gen(function* () {
        const headers = { "content-type": "text/html" }
        assert.strictEqual((yield* run([answer("", { headers })], { json: true })).outcome, 200)
        assert.strictEqual((yield* run([answer('{"ok":true}', { headers })], { json: true })).outcome, 200)
        assert.strictEqual((yield* run([answer(null, { status: 204 })], { json: true })).outcome, 204)
      }),
    )

    it.effect("retries a success that was cut short, and once one that is not JSON", () =>
      Effect.gen(function* () {
        const truncated = yield* run([cut(200), cut(200), ok], { json: true })
        assert.strictEqual(truncated.outcome, 200)
        assert.deepStrictEqual(truncated.times, [0, 0.5, 1.5])
        const odd = yield* run([answer('{"half":')], { json: true })
        assert.deepStrictEqual([odd.error._tag, odd.times.length], ["DecodeFailure", 2])
      }),
    )

    it.effect("keeps the body in memory for every reader", () =>
      Effect.gen(function* () {
        const { client } = scripted(
          answer('{"ok":true}', { status: 201, headers: { "x-a": "1", "set-cookie": "b=2" } }),
        )
        const response = yield* ResilientClient.make(client, { decode, json: true }).get(url)
        assert.deepStrictEqual(yield* response.json, { ok: true })
        assert.deepStrictEqual(yield* response.json, { ok: true })
        assert.strictEqual(yield* response.text, '{"ok":true}')
        assert.strictEqual((yield* response.arrayBuffer).byteLength, 11)
        assert.strictEqual(yield* Stream.mkString(Stream.decodeText(response.stream)), '{"ok":true}')
        assert.strictEqual(response.status, 201)
        assert.strictEqual(response.headers["x-a"], "1")
        assert.strictEqual(response.url, url)
        const decoded = yield* ResponseBody.decodeJson(Schema.Struct({ ok: Schema.Boolean }))(response)
        assert.deepStrictEqual(decoded, { ok: true })
      }),
    )
  })

  it.effect("takes a page for what its status says where no JSON was due", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* run([html(302, { location: "https://elsewhere.test/" }), html(203)], { expects: [203] })).outcome,
        203,
      )
      assert.strictEqual((yield* run([html(511)])).error._tag, "VendorError")
    }),
  )

  it.effect("names the URL that the given client made of the request's, also when nothing came back", () =>
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
      "waits for connectivity, which a fault closes and the health service opens, outside of attempt times",
      () =>
        Effect.gen(function* () {
          let probes = 0
          const check = Effect.suspend(() => (++probes > 1 && probes < 6 ? Effect.fail("down") : Effect.void))
          const layer = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, Health.of({ check }))))
          const connectivity = Context.get(yield* withoutJitter(Layer.build(layer)), Connectivity)
          yield* TestClock.adjust("1 second")
          const { outcome, times } = yield* run([fails("ECONNREFUSED"), ok], { connectivity, timeout: "3 seconds" })
          assert.strictEqual(outcome, 200)
          // Refused at 1 s. Probes at 1, 1.5, 2.5 and 4.5 s find nobody, the one at 8.5 s does; then waiters are let in.
          assert.strictEqual(times[0], 1)
          assert.isAtLeast(times[1] ?? 0, 8.5)
          assert.strictEqual(times.length, 2)
          assert.strictEqual((yield* connectivity.gate.stats).closed, 1)
        }),
    )

    it.effect("sends the token of the authorization gate, a new one after it was rejected", () =>
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

    it.effect("lets no decoder see the token that a server repeats", () =>
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

    it.effect("sends no token without an authorization gate", () =>
      Effect.gen(function* () {
        const { requests } = yield* run([ok])
        assert.isUndefined(requests[0]?.headers["authorization"])
      }),
    )
  })

  it.effect("runs the transformations of the given client on every attempt, and later ones once", () =>
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
