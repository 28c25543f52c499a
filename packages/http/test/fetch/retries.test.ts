import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline, type TransportError } from "@holdfast/http"
import { Effect } from "effect"
import { url, table, patient, until } from "../support/pipelineClient.ts"
import { replies, breaks, silent, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  it.effect("sends a successful request once, unchanged and synchronously", () =>
    Effect.gen(function* () {
      const net = yield* network(replies(200))
      const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context })
      const seen = watch(steady(url, { method: "PUT", body: "b", headers: { a: "1" }, redirect: "manual" }))
      assert.strictEqual(net.asked.length, 1)
      yield* until(0)
      assert.strictEqual(seen.response, net.answers[0])
      const { signal, ...rest } = net.asked[0]!.init!
      assert.deepStrictEqual(rest, { method: "PUT", body: "b", headers: { a: "1" }, redirect: "manual" })
      assert.isFalse(signal!.aborted)
    }),
  )

  it.effect("treats any status below 400 as a success", () =>
    Effect.gen(function* () {
      const net = yield* network(async () => new Response(null, { status: 304 }))
      const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })(url))
      yield* until(2)
      assert.deepStrictEqual([seen.response?.status, net.asked.length], [304, 1])
    }),
  )

  it.effect("retries after transport errors and error statuses, and counts all attempts together", () =>
    Effect.gen(function* () {
      const net = yield* network(replies(503), breaks("ECONNRESET"), replies(502), breaks("ECONNREFUSED"), replies(201))
      const seen = watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(url))
      yield* until(70)
      assert.strictEqual(seen.response?.status, 201)
      assert.deepStrictEqual(net.times(), table.slice(0, 5))
      const alternating = yield* network(
        ...Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? replies(503) : breaks("EPIPE"))),
      )
      watch(HttpPipeline.fetch(patient, alternating.fetch, { context: alternating.context })(url))
      yield* until(600)
      assert.strictEqual(alternating.asked.length, 8)
    }),
  )

  it.effect("honors Retry-After, in seconds or as a date, up to the cap", () =>
    Effect.gen(function* () {
      const at = (seconds: number) => `Thu, 01 Jan 1970 00:00:${String(seconds).padStart(2, "0")} GMT`
      const net = yield* network(
        replies(503, { "retry-after": "2" }),
        replies(429, { "retry-after": at(7) }),
        replies(429, { "retry-after": "3600" }),
        replies(429, { date: "Sun, 06 Nov 2033 08:49:37 GMT", "retry-after": "Sun, 06 Nov 2033 08:49:43 GMT" }),
        replies(200),
      )
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ hintCap: "9 seconds", beyondHintCap: "clamp" }))
      const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
      yield* until(30)
      assert.strictEqual(seen.response?.status, 200)
      assert.deepStrictEqual(net.times(), [0, 2, 7, 16, 22])
    }),
  )

  it.effect("aborts the request of an attempt that times out", () =>
    Effect.gen(function* () {
      const net = yield* network(silent, replies(200))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("3 seconds"))
      const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
      const lost = yield* network(silent)
      const posted = watch(HttpPipeline.fetch(pipeline, lost.fetch, { context: lost.context })(url, { method: "POST" }))
      yield* until(5)
      assert.strictEqual(seen.response?.status, 200)
      assert.deepStrictEqual(net.times(), [0, 3.5])
      assert.isTrue(net.signals[0]?.aborted)
      assert.isFalse(net.signals[1]?.aborted)
      const watched = yield* network(silent)
      const { signal } = new AbortController()
      watch(HttpPipeline.fetch(pipeline, watched.fetch, { context: watched.context })(url, { signal }))
      yield* until(4)
      assert.deepStrictEqual(
        watched.signals.map(({ aborted }) => aborted),
        [true, false],
      )
      assert.isFalse(signal.aborted)
      const { _tag, message, verdict } = posted.error as TransportError
      assert.deepStrictEqual([_tag, verdict.retry, lost.times()], ["RequestTimedOut", "never", [0]])
      assert.strictEqual(message, `Timed out: POST ${url}: no response within 3s`)
    }),
  )
})
