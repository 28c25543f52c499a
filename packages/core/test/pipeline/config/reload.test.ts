import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict, type Classified } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { full } from "../../support/pipelineConfig.ts"

const failure: Classified = { _tag: "Failure", verdict: Verdict.always() }

describe("PipelineConfig.load and reload", () => {
  it.effect("builds a pipeline, and reports settings that are invalid in combination", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load(full, { name: "vendor" })
      assert.strictEqual(pipeline.name, "vendor")
      assert.include(Pipeline.describe(pipeline), "bulkhead 4")
      const { message } = yield* Effect.flip(PipelineConfig.load({ budget: {} }, { source: "p.json" }))
      assert.match(message, /^p\.json: budget: expected combined with retry or hedge/)
    }),
  )

  it.effect("keeps the breaker's count of consecutive failures after a reload", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ breaker: { consecutive: 3 } })
      const call = Effect.flip(Pipeline.run(pipeline, Effect.fail(failure)))
      yield* Effect.andThen(call, call)
      yield* PipelineConfig.reload(pipeline, { breaker: { consecutive: 3, open: "1 minute" } })
      assert.strictEqual((yield* call)._tag, "Failure")
      // Three failures in a row, two of them before the reload.
      const open = yield* call
      assert.strictEqual(open._tag, "CircuitOpen")
      assert.strictEqual(open.verdict.retryAfter && Duration.toMillis(open.verdict.retryAfter), 60_000)
    }),
  )

  it.effect("does not restore the budget's spent tokens after a reload", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({
        retry: { attempts: 3, backoff: { jitter: "none" } },
        budget: { capacity: 2, cost: 1, throttledCost: 1, reward: 0 },
      })
      let sent = 0
      const call = Effect.gen(function* () {
        sent = 0
        const fail = Effect.suspend(() => {
          sent++
          return Effect.fail(failure)
        })
        const fiber = yield* Effect.forkChild(Effect.flip(Pipeline.run(pipeline, fail)))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        return sent
      })
      assert.strictEqual(yield* call, 3)
      yield* PipelineConfig.reload(pipeline, { budget: { capacity: 100, cost: 1, throttledCost: 1, reward: 0 } })
      assert.strictEqual(yield* call, 1)
    }),
  )

  it.effect("keeps the bulkhead's queue after a reload, and admits queued calls when permits are added", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ bulkhead: { permits: 1, queue: 3 } })
      const done: Array<number> = []
      const calls = yield* Effect.forEach([1, 2, 3], (n) =>
        Effect.forkChild(
          Pipeline.run(
            pipeline,
            Effect.andThen(
              Effect.sleep("1 second"),
              Effect.sync(() => done.push(n)),
            ),
          ),
        ),
      )
      yield* TestClock.adjust("500 millis")
      yield* PipelineConfig.reload(pipeline, { bulkhead: { permits: 2, queue: 3 } })
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1, 2])
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(done, [1, 2, 3])
      yield* Effect.forEach(calls, Fiber.join)
    }),
  )

  it.effect("leaves the pipeline unchanged if any option is invalid", () =>
    Effect.gen(function* () {
      const pipeline = yield* PipelineConfig.load({ retry: { attempts: 2 }, timeout: "5 seconds" })
      const before = Pipeline.describe(pipeline)
      for (const [change, path] of [
        [{ timeout: "9 seconds", retry: { attempts: 0 } }, "retry.attempts"],
        [{ timeout: "9 seconds", retry: { attempts: "3" } }, "retry.attempts"],
        [{ timeout: "9 seconds", breaker: {} }, "breaker"],
      ] as const) {
        const { problems } = yield* Effect.flip(PipelineConfig.reload(pipeline, change))
        assert.deepStrictEqual(
          problems.map(({ path }) => path),
          [path],
        )
        assert.strictEqual(Pipeline.describe(pipeline), before)
      }
    }),
  )
})
