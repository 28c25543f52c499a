import { assert, describe, it } from "@effect/vitest"
import { AttemptTimedOut, Pipeline, Timeline, Verdict, type Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Cause, Clock, Effect, Exit } from "effect"
import { failure, inTime, pinned } from "../support/pipeline.ts"

describe("Pipeline", () => {
  it.effect("retries a call according to its verdict until the call succeeds", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
      const call = Pipeline.run(pipeline, ({ number }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return number < 4 ? Effect.fail(failure(Verdict.always())) : Effect.succeed("done")
        }),
      )
      assert.strictEqual(yield* inTime(call), "done")
      assert.deepStrictEqual(sent, [0, 500, 1500, 3500])
    }).pipe(pinned),
  )

  it.effect("fails with the error of the last attempt", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
      const call = Pipeline.run(pipeline, ({ number }) => Effect.fail(failure(Verdict.always(), `error ${number}`)))
      assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "error 3")
    }).pipe(pinned),
  )

  it.effect("retries a success that a stage classifies as a failure, and lets the breaker count the failure", () =>
    Effect.gen(function* () {
      const busy = failure(Verdict.always(), "JobBusy")
      const sent: Array<number> = []
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 3 })
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.retry({ attempts: 3, backoff: { jitter: "none" } }),
        Pipeline.breaker(breaker),
        Pipeline.failWhen((job: { readonly state: string }) => (job.state === "busy" ? busy : undefined)),
      )
      const call = (states: ReadonlyArray<string>) =>
        Pipeline.run(pipeline, ({ number }) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            sent.push(now)
            return { state: states[number - 1] ?? "busy" }
          }),
        )
      assert.deepStrictEqual(yield* inTime(call(["busy", "busy", "done"])), { state: "done" })
      assert.deepStrictEqual(sent, [0, 500, 1500])
      const error: Classified = yield* inTime(Effect.flip(call([])))
      assert.strictEqual(error, busy)
      assert.lengthOf(Timeline.of(error), 3)
      // Half-open by now: the clock runs until the call has ended.
      assert.notStrictEqual((yield* CircuitBreaker.state(breaker))._tag, "Closed")
      assert.strictEqual(Pipeline.describe(pipeline).split(" › ").at(-2), "decode")
    }),
  )

  it.effect(
    "classifies successes and decodes errors, but does not decode the errors that the pipeline itself creates",
    () =>
      Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.decode((status: number) => failure(Verdict.never(), `Status${status}`), {
            failWhen: (answer: string) => (answer === "" ? failure(Verdict.never(), "Empty") : undefined),
          }),
        )
        assert.strictEqual(yield* Pipeline.run(pipeline, Effect.succeed("full")), "full")
        assert.strictEqual((yield* Effect.flip(Pipeline.run(pipeline, Effect.succeed(""))))._tag, "Empty")
        assert.strictEqual((yield* Effect.flip(Pipeline.run(pipeline, Effect.fail(503))))._tag, "Status503")
        // @ts-expect-error -- the stage judges texts
        void Pipeline.run(pipeline, Effect.succeed(1))
      }),
  )

  it.effect("gives each attempt the full timeout", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout("15 seconds"))
      const call = Pipeline.run(
        pipeline,
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.never
        }),
      )
      const error = yield* inTime(Effect.flip(call))
      assert.instanceOf(error, AttemptTimedOut)
      assert.strictEqual(error.afterMs, 15_000)
      assert.deepStrictEqual(sent, [0, 15_500, 31_500])
    }).pipe(pinned),
  )

  it.effect("retries a defect once if the policy allows it, and otherwise does not retry it", () =>
    Effect.gen(function* () {
      const bug = new Error("DivideByZero")
      for (const [defects, expected] of [
        ["once", 2],
        ["never", 1],
      ] as const) {
        let attempts = 0
        const call = Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ defects })), () =>
          Effect.suspend(() => {
            attempts++
            return Effect.die(bug)
          }),
        )
        const exit = yield* inTime(Effect.exit(call))
        assert.strictEqual(attempts, expected)
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined, bug)
      }
    }).pipe(pinned),
  )

  it.effect("fails a timed-out attempt with the error and verdict that the caller provides", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("15 seconds"))
      const timedOut = (afterMs: number) => failure(Verdict.never(), `TimedOut after ${afterMs}`)
      const call = Pipeline.run(pipeline, Effect.never, { timedOut })
      assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "TimedOut after 15000")
    }).pipe(pinned),
  )

  it.effect("does not retry a defect if the call is not repeatable", () =>
    Effect.gen(function* () {
      let attempts = 0
      const bug = Effect.suspend(() => {
        attempts++
        return Effect.die(new Error("DivideByZero"))
      })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ defects: "once" }))
      yield* inTime(Effect.exit(Pipeline.run(pipeline, bug, { repeatable: false })))
      assert.strictEqual(attempts, 1)
    }).pipe(pinned),
  )

  it.effect("does not retry an error that `mayResend` rules out, but counts the error as a failure", () =>
    Effect.gen(function* () {
      const outcomes: Array<string> = []
      const lost = failure(Verdict.always(), "Lost")
      const call = Pipeline.run(
        Pipeline.makeUnsafe(Pipeline.retry()),
        ({ number }) => Effect.fail(number < 3 ? failure(Verdict.always(), "Refused") : lost),
        { mayResend: ({ _tag }) => _tag !== "Lost" },
      ).pipe(
        Observer.observe({
          event: (event) => void (event._tag === "AttemptEnded" && outcomes.push(event.outcome)) as undefined,
        }),
      )
      const error = yield* inTime(Effect.flip(call))
      assert.strictEqual(error, lost)
      assert.deepStrictEqual(
        Timeline.of(error).map(({ decidedBy }) => decidedBy),
        ["backoff", "backoff", "verdict"],
      )
      assert.deepStrictEqual(outcomes, ["failure", "failure", "failure"])
    }).pipe(pinned),
  )

  it.effect("releases every permit and does not retry when a call fails with an error that has no verdict", () =>
    Effect.gen(function* () {
      const adaptive = yield* AdaptiveLimit.make()
      const bulkhead = yield* Bulkhead.make({ permits: 2 })
      const breaker = yield* CircuitBreaker.make()
      const pipeline = yield* Pipeline.make(
        Pipeline.retry(),
        Pipeline.gates({}),
        Pipeline.limits(adaptive, bulkhead),
        Pipeline.breaker(breaker),
      )
      for (const slipped of ["text", 5, null, undefined, new Error("plain"), { _tag: "Tagged" }]) {
        const exit = yield* Effect.exit(Pipeline.run(pipeline, Effect.fail(slipped) as Effect.Effect<never, never>))
        assert.deepStrictEqual(exit, Exit.fail(slipped as never))
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        assert.strictEqual((yield* AdaptiveLimit.stats(adaptive)).inFlight, 0)
        assert.strictEqual((yield* CircuitBreaker.state(breaker)).counts.streak, 1)
        yield* CircuitBreaker.reset(breaker)
      }
    }),
  )

  it.effect("rejects stages in the wrong order if the number of stages is unknown at compile time", () =>
    Effect.gen(function* () {
      const refused = (...stages: ReadonlyArray<Pipeline.Stage>) =>
        Effect.map(Effect.flip(Pipeline.make(...stages)), ({ message }) =>
          message.split(" must be in the order ").map((part) => part.replace(/^fallback.*(?= \(got)/, "…")),
        )
      const [retry, timeout] = [Pipeline.retry(), Pipeline.timeout("1 second")]
      assert.deepStrictEqual(
        [yield* refused(timeout, retry), yield* refused(retry, Pipeline.gates({}), retry)],
        [
          ["Pipeline: stages[1]", '… (got "retry" inside "timeout")'],
          ["Pipeline: stages[2]", '… (got "retry" inside "gates")'],
        ],
      )
      const rest: ReadonlyArray<Pipeline.Stage> = [retry, Pipeline.limits(), timeout]
      assert.match(Pipeline.describe(yield* Pipeline.make(...rest)), /^retry [^›]+› timeout 1 s › send$/)
    }),
  )

  it.effect(
    "rejects a reload that selects a policy by kind if the pipeline contains several policies of that kind",
    () =>
      Effect.gen(function* () {
        const [one, other] = [Bulkhead.makeUnsafe({ permits: 2 }), Bulkhead.makeUnsafe({ permits: 3 })]
        const twoLimits = yield* Pipeline.make(Pipeline.limits(one, other))
        const refused = yield* Effect.flip(Pipeline.reload(twoLimits, { bulkhead: { permits: 9 } }))
        assert.deepStrictEqual([refused.option, refused.value], ["bulkhead", "an ambiguous key"])
        const permits = [one, other].map(({ places }) => places.permits)
        assert.deepStrictEqual(permits, [2, 3])
        const hedge = Hedge.makeUnsafe({ delay: "1 second", budget: RetryBudget.tokenBucketUnsafe() })
        const retry = Pipeline.retry({ budget: RetryBudget.tokenBucketUnsafe() })
        const twoBudgets = yield* Pipeline.make(retry, Pipeline.hedge(hedge))
        assert.strictEqual(
          (yield* Effect.flip(Pipeline.reload(twoBudgets, { budget: { capacity: 10 } }))).option,
          "budget",
        )
      }),
  )
})
