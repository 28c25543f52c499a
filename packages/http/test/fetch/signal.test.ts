import { assert, describe, it } from "@effect/vitest"
import { Gate, Pipeline } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { HttpPipeline } from "@holdfast/http"
import { Effect } from "effect"
import { getEventListeners } from "node:events"
import { url, patient, until } from "../support/pipelineClient.ts"
import { type Reply, replies, breaks, silent, network, watch } from "../support/pipelineFetch.ts"

describe("HttpPipeline.fetch", () => {
  describe("the abort signal of a call", () => {
    const reason = new Error("the person went away")

    it.effect("sends nothing if the signal has already been aborted", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const seen = watch(HttpPipeline.fetch(patient, net.fetch)(url, { signal: AbortSignal.abort(reason) }))
        yield* until(0)
        assert.strictEqual(seen.error, reason)
        assert.strictEqual(net.asked.length, 0)
      }),
    )

    const inPhase = (
      phase: string,
      make: Effect.Effect<{
        readonly pipeline: Pipeline.Pipeline
        readonly script: ReadonlyArray<Reply>
        readonly sent: number
      }>,
      request?: (signal: AbortSignal) => Request,
    ) =>
      it.effect(`ends the call as soon as its signal is aborted: ${phase}`, () =>
        Effect.gen(function* () {
          const { pipeline, script, sent } = yield* make
          const net = yield* network(...script)
          const controller = new AbortController()
          const { signal } = controller
          const steady = HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })
          const seen = watch(request === undefined ? steady(url, { signal }) : steady(request(signal)))
          yield* until(1)
          assert.deepStrictEqual(seen, {})
          assert.strictEqual(net.asked.length, sent)
          controller.abort(reason)
          yield* Effect.promise(() => Promise.resolve())
          assert.strictEqual(seen.error, reason)
          yield* until(120)
          assert.strictEqual(net.asked.length, sent, "nothing is sent afterwards")
          for (const response of net.answers) assert.isTrue(response.bodyUsed, "it was cancelled")
        }),
      )

    const closed = Effect.gen(function* () {
      const gate = yield* Gate.make("maintenance")
      yield* gate.close("night")
      return {
        pipeline: Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ others: [gate] })),
        script: [replies(200)],
        sent: 0,
      }
    })
    const full = Effect.gen(function* () {
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5 })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.limits(bulkhead))
      yield* Effect.forkChild(Pipeline.run(pipeline, Effect.never as Effect.Effect<void>), { startImmediately: true })
      return { pipeline, script: [replies(200)], sent: 0 }
    })
    const backingOff = { pipeline: patient, script: [replies(503, { "retry-after": "20" })], sent: 1 }

    inPhase("during a request", Effect.succeed({ pipeline: patient, script: [silent], sent: 1 }))
    inPhase("during a wait between attempts", Effect.succeed(backingOff))
    inPhase("at a closed gate", closed)
    inPhase("in a queue", full)
    inPhase(
      "with the signal of a Request, during a wait",
      Effect.succeed(backingOff),
      (signal) => new Request(url, { signal }),
    )

    it.effect("removes its listener from the signal after the call", () =>
      Effect.gen(function* () {
        for (const reply of [replies(200), replies(404), breaks("ECONNRESET")]) {
          const net = yield* network(reply)
          const { signal } = new AbortController()
          const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
          watch(HttpPipeline.fetch(pipeline, net.fetch, { context: net.context })(url, { signal }))
          assert.strictEqual(getEventListeners(signal, "abort").length, 1)
          yield* until(5)
          assert.strictEqual(getEventListeners(signal, "abort").length, 0)
        }
      }),
    )

    it.effect("stops reading the body when the signal aborts", () =>
      Effect.gen(function* () {
        const net = yield* network(replies(200))
        const controller = new AbortController()
        watch(HttpPipeline.fetch(patient, net.fetch, { context: net.context })(url, { signal: controller.signal }))
        yield* until(0)
        assert.isFalse(net.signals[0]?.aborted)
        controller.abort(reason)
        assert.isTrue(net.signals[0]?.aborted)
        assert.strictEqual(net.signals[0]?.reason, reason)
      }),
    )
  })
})
