import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Observer from "@holdfast/core/Observer"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Cause, Duration, Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { failure, inTime, pinned } from "../support/pipeline.ts"

describe("Pipeline", () => {
  it.effect("records when each attempt began, how long it took, and which policy decided the next step", () =>
    Effect.gen(function* () {
      const hint = Verdict.always({ retryAfter: Duration.seconds(20) })
      const verdicts = [Verdict.once(), hint, Verdict.once()]
      const pipeline = yield* Pipeline.make(Pipeline.retry({ backoff: { jitter: "none" } }))
      const call = Pipeline.run(pipeline, ({ number }) =>
        Effect.andThen(Effect.sleep("1 second"), Effect.fail(failure(verdicts[number - 1] ?? Verdict.never()))),
      )
      const timeline = Timeline.of(yield* inTime(Effect.flip(call)))
      assert.deepStrictEqual(
        timeline.map(({ decidedBy, duration, sent, startedAt, wait }) => [startedAt, duration, wait, sent, decidedBy]),
        [
          [0, 1000, 0, true, "backoff"],
          [1500, 1000, 500, true, "server"],
          [22_500, 1000, 20_000, true, "once"],
        ],
      )
    }),
  )

  it.effect("does not record an attempt as sent if the breaker rejects it", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: "1 hour", maxOpen: "1 hour" })
      const budget = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 100, floor: 0, window: "10 seconds" })
      const rules = { attempts: 2, backoff: { base: "1 second", jitter: "none" }, hintCap: "1 second" } as const
      const hints = { beyondHintCap: "clamp" } as const
      const pipeline = yield* Pipeline.make(Pipeline.retry({ ...rules, ...hints, budget }), Pipeline.breaker(breaker))
      const call = Pipeline.run(pipeline, Effect.fail(failure(Verdict.always())))
      assert.deepStrictEqual(
        Timeline.of(yield* inTime(Effect.flip(call))).map(({ sent, decidedBy }) => [sent, decidedBy]),
        [
          [true, "backoff"],
          [false, "attempts"],
        ],
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(
        Timeline.of(yield* inTime(Effect.flip(call))).map(({ sent, startedAt, duration }) => [
          sent,
          startedAt,
          duration,
        ]),
        [
          [false, 605_000, 0],
          [false, 606_000, 0],
        ],
      )
    }),
  )

  it.effect("fails with a defect and releases every permit when its observer fails", () =>
    Effect.gen(function* () {
      const bulkhead = yield* Bulkhead.make({ permits: 1 })
      const breaker = yield* CircuitBreaker.make({ consecutive: 3 })
      const pipeline = yield* Pipeline.make(
        Pipeline.retry({ attempts: 3 }),
        Pipeline.limits(bulkhead),
        Pipeline.breaker(breaker),
      )
      const call = Pipeline.run(pipeline, Effect.fail(failure(Verdict.always(), "Odd")))
      const thrown = (): never => {
        throw new Error("thrown")
      }
      const broken: ReadonlyArray<Observer.Watch["event"]> = [
        ({ _tag }) => (_tag === "CircuitChanged" ? thrown() : undefined),
        ({ _tag }) => (_tag === "CircuitChanged" ? Effect.die("died") : undefined),
      ]
      for (const event of broken) {
        const exit = yield* inTime(Effect.exit(call).pipe(Observer.observe({ event })))
        assert.isTrue(Exit.isFailure(exit) && exit.cause.reasons.some(Cause.isDieReason))
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        assert.strictEqual((yield* CircuitBreaker.state(breaker))._tag, "HalfOpen")
        yield* CircuitBreaker.reset(breaker)
      }
    }),
  )

  it.effect("reports every event of a call to its observer, in order", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const odd = failure(Verdict.once(), "Odd")
      const call = Pipeline.run(Pipeline.named("test", Pipeline.makeUnsafe(Pipeline.retry())), ({ number }) =>
        number === 1 ? Effect.delay(Effect.fail(odd), "2 seconds") : Effect.succeed(number),
      ).pipe(
        Observer.observe({
          event: (event, about) => Effect.sync(() => void told.push([about.pipeline, about.number, event])),
        }),
      )
      yield* inTime(call)
      assert.deepStrictEqual(told, [
        ["test", 1, { _tag: "AttemptStarted", number: 1 }],
        ["test", 1, { _tag: "AttemptEnded", number: 1, outcome: "failure", durationMs: 2000, error: odd }],
        ["test", 1, { _tag: "RetryScheduled", error: odd, waitMs: 500, by: "backoff" }],
        ["test", 2, { _tag: "AttemptStarted", number: 2 }],
        ["test", 2, { _tag: "AttemptEnded", number: 2, outcome: "success", durationMs: 0, error: undefined }],
        ["test", 2, { _tag: "CallEnded", outcome: "success", durationMs: 2500, attempts: 2, error: undefined }],
      ])
    }).pipe(pinned),
  )
})
