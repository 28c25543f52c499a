import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Hedge from "@holdfast/core/Hedge"
import * as Throttle from "@holdfast/core/Throttle"
import { type HttpAnswer, HttpPipeline } from "@holdfast/http"
import { Effect, Fiber } from "effect"
import { HttpBody, HttpClientRequest } from "effect/http"
import { answer, decode, fails, scripted, VendorError } from "../support/clients.ts"
import { url, busy, reset, ok, hangs, patient, until, run } from "../support/pipelineClient.ts"
import { replies, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.client", () => {
  describe("requests that cannot be repeated", () => {
    const post = HttpClientRequest.post(url)

    it.effect(
      "retries a non-repeatable request after a rejection, but not after a status that leaves open whether the request was executed",
      () =>
        Effect.gen(function* () {
          for (const [status, attempts] of [
            [429, 8],
            [503, 8],
            [408, 8],
            [511, 8],
            [500, 1],
            [502, 1],
            [504, 1],
          ] as const) {
            const { client, times } = scripted(answer("", { status }))
            const { error } = yield* run(HttpPipeline.client(patient, client), post)
            assert.strictEqual(times.length, attempts, `${status}`)
            assert.deepStrictEqual(
              [error?.verdict.retry, error?.verdict.change === "human"],
              attempts === 1 ? ["never", true] : ["always", status === 511],
            )
          }
        }),
    )

    it.effect("retries a non-repeatable request after a vendor's error only if the request was not applied", () =>
      Effect.gen(function* () {
        const again = Verdict.always()
        for (const [status, verdict, attempts] of [
          [500, again, 1],
          [500, Verdict.always({ applied: "no" }), 8],
          [500, Verdict.always({ applied: "maybe" }), 1],
          [520, again, 1],
          [503, again, 8],
          [503, Verdict.always({ applied: "maybe" }), 1],
          [429, again, 8],
          [409, again, 8],
        ] as const) {
          const decode = (answer: HttpAnswer) => new VendorError({ answer, verdict })
          for (const [method, times] of [
            [HttpClientRequest.post(url), attempts],
            [HttpClientRequest.patch(url), attempts],
            [HttpClientRequest.put(url), 8],
            [HttpClientRequest.setHeader(HttpClientRequest.post(url), "idempotency-key", "k"), 8],
          ] as const) {
            const script = scripted(answer("", { status }))
            const { error } = yield* run(HttpPipeline.client(patient, script.client, { decode }), method)
            assert.strictEqual(script.times.length, times, `${status} ${verdict.applied}`)
            assert.deepStrictEqual(error?.verdict, verdict, "the vendor's verdict is kept")
          }
        }
      }),
    )

    it.effect("retries a non-repeatable request if a breaker rejected the attempt", () =>
      Effect.gen(function* () {
        const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "3 seconds" })
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.breaker(breaker))
        const { client, times } = scripted(fails("ECONNREFUSED"), ok)
        assert.strictEqual((yield* run(HttpPipeline.client(pipeline, client), post)).status, 200)
        assert.strictEqual(times.length, 2)
      }),
    )

    it.effect("treats a request as repeatable if it has a key, or if the client declares all requests idempotent", () =>
      Effect.gen(function* () {
        const keyed = HttpClientRequest.setHeader(post, "Idempotency-Key", "k")
        for (const [request, idempotent, attempts] of [
          [post, false, 1],
          [keyed, false, 8],
          [post, true, 8],
        ] as const) {
          for (const step of [reset, answer("", { status: 502 })]) {
            const { client, times } = scripted(step)
            yield* run(HttpPipeline.client(patient, client, { idempotent }), request)
            assert.strictEqual(times.length, attempts)
          }
        }
      }),
    )

    it.effect(
      "does not repeat a request with a stream as its body, regardless of the method and the vendor's verdict",
      () =>
        Effect.gen(function* () {
          const body = HttpBody.raw(new ReadableStream())
          const request = HttpClientRequest.setBody(HttpClientRequest.put(url), body)
          for (const step of [busy, reset, fails("ECONNREFUSED"), hangs]) {
            const { client, times } = scripted(step)
            const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("5 seconds"))
            const { error } = yield* run(HttpPipeline.client(pipeline, client, { idempotent: true }), request)
            assert.strictEqual(times.length, 1)
            assert.strictEqual(error?.verdict.retry, "never")
            assert.strictEqual(Timeline.of(error)[0]?.error, error)
          }
          const { client, times } = scripted(busy)
          const { error } = yield* run(HttpPipeline.client(patient, client, { decode }), request)
          assert.strictEqual(times.length, 1)
          assert.instanceOf(error, VendorError)
          assert.strictEqual(error.verdict.retry, "always", "the vendor's verdict is kept")
          assert.deepStrictEqual(
            Timeline.of(error).map(({ decidedBy, error: of }) => [of, decidedBy]),
            [[error, "verdict"]],
          )
        }),
    )
  })

  it.effect("counts errors in a breaker even if a POST must not be retried after them", () =>
    Effect.gen(function* () {
      const post = HttpClientRequest.post(url)
      for (const step of [reset, hangs, answer("", { status: 500 }), answer("", { status: 502 })]) {
        const breaker = CircuitBreaker.makeUnsafe({ consecutive: 2 })
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.retry({ attempts: 2 }),
          Pipeline.breaker(breaker),
          Pipeline.timeout("5 seconds"),
        )
        const { client, times } = scripted(step)
        const guarded = HttpPipeline.client(pipeline, client)
        for (const state of ["Closed", "Open"]) {
          assert.strictEqual((yield* run(guarded, post, 10)).error?.verdict.retry, "never")
          assert.strictEqual((yield* CircuitBreaker.state(breaker))._tag, state)
        }
        assert.strictEqual(times.length, 2)
      }
    }),
  )

  it.effect("counts a request that times out as a drop in an adaptive limit and in a throttle", () =>
    Effect.gen(function* () {
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      const throttle = Throttle.makeUnsafe()
      const pipeline = Pipeline.makeUnsafe(Pipeline.limits(throttle, limit), Pipeline.timeout("5 seconds"))
      const { client } = scripted(hangs)
      const { error } = yield* run(HttpPipeline.client(pipeline, client), HttpClientRequest.get(url), 10)
      assert.strictEqual(error?._tag, "RequestTimedOut")
      assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 9)
      assert.deepInclude(yield* Throttle.stats(throttle), { requests: 1, accepts: 0 })
    }),
  )

  it.effect("sends a copy of a slow request only if the request is repeatable", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
      const stream = HttpBody.raw(new ReadableStream())
      for (const [request, attempts] of [
        [HttpClientRequest.get(url), 2],
        [HttpClientRequest.post(url), 1],
        [HttpClientRequest.setHeader(HttpClientRequest.post(url), "idempotency-key", "k"), 2],
        [HttpClientRequest.setBody(HttpClientRequest.put(url), stream), 1],
      ] as const) {
        const { client, times } = scripted(hangs, ok)
        const fiber = yield* Effect.forkChild(HttpPipeline.client(pipeline, client).execute(request))
        yield* until(3)
        assert.strictEqual(times.length, attempts)
        assert.strictEqual(fiber.pollUnsafe() === undefined, attempts === 1)
        yield* Fiber.interrupt(fiber)
      }
    }),
  )

  it.effect("sends a single-use body as soon as the limit that rejected the request has capacity again", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1 })))
      const occupied = Effect.forkChild(Pipeline.run(pipeline, Effect.sleep("1 second")), { startImmediately: true })
      const body = new ReadableStream()
      yield* occupied
      const { client, times } = scripted(ok)
      const request = HttpClientRequest.setBody(HttpClientRequest.put(url), HttpBody.raw(body))
      assert.strictEqual((yield* run(HttpPipeline.client(pipeline, client), request)).status, 200)
      assert.deepStrictEqual(times, [1.5])
      yield* occupied
      const net = yield* network(replies(200))
      const seen = watch(
        HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url, { method: "PUT", body }),
      )
      yield* until(5)
      assert.deepStrictEqual([seen.response?.status, net.asked.length], [200, 1])
    }),
  )
})
