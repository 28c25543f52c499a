import { assert, describe, it } from "@effect/vitest"
import { Gate, Pipeline, Verdict, type AttemptTimedOut, type Classified, type DeadlineExceeded } from "@holdfast/core"
import type { CircuitOpen } from "@holdfast/core/CircuitBreaker"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Effect, Random, type Types } from "effect"
import { TestClock } from "effect/testing"

const failure: Classified = { _tag: "Failure", verdict: Verdict.always() }

/** Compiles if both types are the same. */
const same = <A, B>(equal: Types.Equals<A, B>): void => assert.isTrue(equal)

describe("PipelineSettings", () => {
  it("assembles the stages in a fixed order, regardless of the order of the keys", () => {
    const pipeline = PipelineSettings.makeUnsafe({
      timeout: "15 seconds",
      breaker: {},
      bulkhead: { permits: 4 },
      adaptiveLimit: {},
      throttle: {},
      budget: { kind: "ratio" },
      hedge: { delay: "2 seconds" },
      retry: { attempts: 3 },
      deadline: "3 minutes",
    })
    assert.deepStrictEqual(
      pipeline.stages.map(({ name }) => name),
      ["deadline", "retry", "hedge", "limits", "breaker", "timeout"],
    )
    assert.match(
      Pipeline.describe(pipeline),
      /^deadline .* › retry 3 .* › hedge .* › throttle .* › adaptive limit .* › bulkhead 4 › breaker .* › timeout 15 s › send$/,
    )
  })

  it("omits a stage if its key is absent or undefined", () => {
    assert.strictEqual(Pipeline.describe(PipelineSettings.makeUnsafe({})), "send")
    const absent = PipelineSettings.makeUnsafe({ retry: undefined, budget: undefined, timeout: "1 second" })
    assert.strictEqual(Pipeline.describe(absent), "timeout 1 s › send")
  })

  it.effect("places the gate stage inside the retry stage, and sets the name of the pipeline", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("card")
      const pipeline = yield* PipelineSettings.make(
        { retry: {}, timeout: "1 second" },
        { gates: { others: [gate] }, name: "reads" },
      )
      assert.deepStrictEqual(
        [pipeline.name, pipeline.stages.map(({ name }) => name)],
        ["reads", ["retry", "gates", "timeout"]],
      )
    }),
  )

  it("infers only the error types of the stages whose keys are set", () => {
    const send: Effect.Effect<string, typeof failure> = Effect.fail(failure)
    const timed = Pipeline.run(PipelineSettings.makeUnsafe({ retry: {}, timeout: "1 second" }), send)
    same<Effect.Error<typeof timed>, Classified | AttemptTimedOut>(true)
    const guarded = PipelineSettings.makeUnsafe({ deadline: "1 minute", breaker: {} })
    const outcome = Pipeline.run(guarded, Effect.succeed("sent"))
    same<Effect.Error<typeof outcome>, DeadlineExceeded | CircuitOpen>(true)
  })

  it.effect("rejects a budget that is not used by retries or hedges", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(PipelineSettings.make({ budget: {}, timeout: "1 second" }))
      assert.deepInclude({ ...refused }, { policy: "Pipeline", option: "budget" })
    }),
  )

  it.effect("reports the first invalid option", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(PipelineSettings.make({ retry: { attempts: 0 }, timeout: "1 second" }))
      assert.deepInclude({ ...refused }, { policy: "Retry", option: "attempts", value: "0" })
    }),
  )

  it.effect("shares one budget between retries and hedges", () =>
    Effect.gen(function* () {
      // The budget pays for one retry or one copy, whichever comes first.
      const pipeline = yield* PipelineSettings.make({
        retry: { attempts: 4, backoff: { base: "1 second", jitter: "none" } },
        budget: { capacity: 1, cost: 1, throttledCost: 1, reward: 0 },
        hedge: { delay: "1 second" },
      })
      let sent = 0
      const call = Pipeline.run(
        pipeline,
        Effect.suspend(() => {
          sent++
          return Effect.andThen(Effect.sleep("10 seconds"), Effect.fail(failure))
        }),
        { repeatable: true },
      )
      const fiber = yield* Effect.forkChild(Effect.flip(call))
      yield* TestClock.adjust("2 minutes")
      assert.isDefined(fiber.pollUnsafe())
      assert.strictEqual(sent, 2)
    }).pipe(Random.withSeed("budget")),
  )
})
