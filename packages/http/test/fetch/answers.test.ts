import { assert, describe, it } from "@effect/vitest"
import { type DeadlineExceeded, Pipeline, Timeline } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { ErrorStatus, HttpPipeline, type TransportError } from "@holdfast/http"
import { Effect } from "effect"
import * as Util from "node:util"
import { url, patient, until } from "../support/pipelineClient.ts"
import { replies, breaks, silent, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  describe("the response to the last attempt", () => {
    it.effect("returns the last response with its body, and releases the earlier ones", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(503))
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(1)
        assert.deepStrictEqual(
          net.answers.map(({ bodyUsed }) => bodyUsed),
          [true, true],
          "each is released when its attempt has ended",
        )
        yield* until(10)
        assert.strictEqual(net.answers.length, 3)
        assert.strictEqual(seen.response, net.answers[2])
        assert.strictEqual(yield* Effect.promise(() => seen.response!.text()), "503")
        for (const response of net.answers.slice(0, 2)) {
          assert.isTrue(response.bodyUsed, "it was cancelled")
        }
        assert.deepStrictEqual(
          Timeline.of(seen.response).map(({ decidedBy, error }) => [error._tag, decidedBy]),
          [
            ["ErrorStatus", "backoff"],
            ["ErrorStatus", "backoff"],
            ["ErrorStatus", "attempts"],
          ],
        )
      }),
    )

    it.effect("rejects with an error for the status if configured to, and never logs the response", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(404, { "set-cookie": "secret" }))
        const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })
        const seen = watch(steady(`${url}?secret=1`))
        yield* until(10)
        const error = seen.error as ErrorStatus
        assert.instanceOf(error, ErrorStatus)
        assert.deepStrictEqual([error.status, error.verdict.retry, Timeline.of(error).length], [404, "never", 1])
        assert.strictEqual(error.response, net.answers[0])
        assert.strictEqual(yield* Effect.promise(() => error.response!.text()), "404")
        assert.notInclude(Util.inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error), "secret")
      }),
    )

    it.effect("attaches the response to an error even if the error's verdict was changed for a POST", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(500))
        const steady = HttpPipeline.fetch(patient, net.fetch, { context: net.context, onStatus: "reject" })
        const seen = watch(steady(url, { method: "POST" }))
        yield* until(10)
        const error = seen.error as ErrorStatus
        assert.deepStrictEqual([error.verdict.retry, net.asked.length], ["never", 1])
        assert.strictEqual(error.response, net.answers[0])
        assert.strictEqual(Timeline.of(error)[0]?.error, error)
      }),
    )

    it.effect("rejects with the transport error, and attaches the attempts to the error", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(503), breaks("ECONNRESET"))
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(`${url}?secret=1`))
        yield* until(10)
        const error = seen.error as TransportError
        assert.deepStrictEqual(
          [error._tag, error.url, error.method, error.reached],
          ["ConnectionReset", url, "GET", "maybe"],
        )
        assert.strictEqual(Timeline.of(error).length, 2)
        assert.isTrue(net.answers[0]?.bodyUsed, "it was cancelled")
      }),
    )

    it.effect(
      "returns the response if the deadline leaves no time for another attempt, and rejects if the last attempt has no response",
      () =>
        Effect.gen(function* () {
          const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("5 seconds"), Pipeline.retry())
          const busy = yield* network(replies(503, { "retry-after": "6" }))
          const answered = watch(HttpPipeline.fetch(pipeline, busy.fetch, { context: busy.context })(url))
          const refused = watch(
            HttpPipeline.fetch(pipeline, busy.fetch, { context: busy.context, onStatus: "reject" })(url),
          )
          yield* until(0)
          assert.strictEqual(answered.response?.status, 503)
          assert.deepStrictEqual(
            Timeline.of(answered.response).map(({ decidedBy }) => decidedBy),
            ["deadline"],
          )
          assert.strictEqual((refused.error as DeadlineExceeded)._tag, "DeadlineExceeded")
          const quiet = yield* network(replies(503), silent)
          const unanswered = watch(HttpPipeline.fetch(pipeline, quiet.fetch, { context: quiet.context })(url))
          yield* until(6)
          assert.strictEqual((unanswered.error as DeadlineExceeded)._tag, "DeadlineExceeded")
          assert.isTrue(quiet.signals[1]?.aborted)
        }),
    )
  })

  describe("a hedged request", () => {
    it.effect("returns the response to the hedged copy, and aborts the first request", () =>
      Effect.gen(function* () {
        const net = yield* network(silent, replies(200))
        const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(2)
        assert.strictEqual(seen.response, net.answers[0])
        assert.deepStrictEqual(
          net.signals.map(({ aborted }) => aborted),
          [true, false],
        )
        const init = { method: "PUT", body: new ReadableStream() }
        const single = yield* network(silent)
        watch(HttpPipeline.fetch(pipeline, single.fetch, { context: single.context })(url, init))
        yield* until(2)
        assert.strictEqual(single.asked.length, 1)
      }),
    )

    it.effect("returns the most informative response with its body, even if another copy was sent later", () =>
      Effect.gen(function* () {
        let late: (response: Response) => void = () => undefined
        const slow = new Promise<Response>((resolve) => {
          late = resolve
        })
        const net = yield* network(() => slow, replies(503), replies(500))
        const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second", max: 2 })))
        const seen = watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url))
        yield* until(3)
        assert.strictEqual(net.asked.length, 3)
        late(new Response("", { status: 500 }))
        yield* until(0)
        assert.strictEqual(seen.response?.status, 503)
        assert.strictEqual(yield* Effect.promise(() => seen.response!.text()), "503")
      }),
    )
  })
})
