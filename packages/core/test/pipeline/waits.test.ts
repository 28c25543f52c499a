import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Retry from "@holdfast/core/Retry"
import { Clock, Duration, Effect, Exit, Fiber, Random, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { failure, inTime, pinned } from "../support/pipeline.ts"

describe("Pipeline", () => {
  it.effect("ends a call that is interrupted during a wait, and does not send another request", () =>
    Effect.gen(function* () {
      let attempts = 0
      const call = Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry()), () =>
        Effect.suspend(() => {
          attempts++
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      const fiber = yield* Effect.forkChild(call)
      yield* TestClock.adjust("600 millis")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(attempts, 2)
    }).pipe(pinned),
  )

  it.effect(
    "applies `attempts` as an additional limit to a schedule, and rejects a backoff combined with a schedule",
    () =>
      Effect.gen(function* () {
        const described = (options: Pipeline.RetryOptions) =>
          Effect.map(Effect.exit(Pipeline.make(Pipeline.retry(options))), (exit) =>
            Exit.isSuccess(exit)
              ? /^retry (.) attempts/.exec(Pipeline.describe(exit.value))?.[1]
              : exit.cause.reasons.map((reason) => reason._tag === "Fail" && reason.error.option),
          )
        const schedule = Retry.policy({ attempts: 4 })
        assert.strictEqual(yield* described({ schedule, attempts: 3 }), "3")
        assert.strictEqual(yield* described({ schedule, attempts: 8 }), "4")
        assert.deepStrictEqual(yield* described({ schedule, attempts: 1.5 }), ["attempts"])
        assert.deepStrictEqual(yield* described({ schedule, hintCap: -1 }), ["hintCap"])
        assert.deepStrictEqual(yield* described({ schedule, backoff: {} }), ["backoff"])
        const other = yield* Pipeline.make(Pipeline.retry({ schedule: Schedule.forever, attempts: 2 }))
        assert.strictEqual((yield* Effect.flip(Pipeline.reload(other, { retry: { backoff: {} } }))).option, "backoff")
      }),
  )

  it.effect("waits according to the schedule, and gives up when the schedule ends", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const schedule = Schedule.max([Schedule.spaced("3 seconds"), Schedule.recurs(2)])
      const pipeline = yield* Pipeline.make(Pipeline.retry(schedule))
      const call = Pipeline.run(pipeline, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      const timeline = Timeline.of(yield* inTime(Effect.flip(call)))
      assert.deepStrictEqual(sent, [0, 3000, 6000])
      assert.deepStrictEqual(
        timeline.map(({ decidedBy }) => decidedBy),
        ["backoff", "backoff", "schedule"],
      )
    }),
  )
})

describe("a wait between attempts", () => {
  /** A clock whose timers fire early, as Node's do: they drop fractions and may start within a millisecond. */
  const early = Effect.map(Clock.Clock, (clock) =>
    Object.assign(Object.create(clock) as Clock.Clock, {
      sleep: (duration: Duration.Duration) =>
        clock.sleep(Duration.millis(Math.max(Duration.toMillis(duration) - 0.9, 0))),
    }),
  )

  it.effect("never waits for less time than requested, even if timers fire early", () =>
    Effect.gen(function* () {
      const clock = yield* early
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "10 seconds" })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }), Pipeline.breaker(breaker))
      yield* Effect.ignore(CircuitBreaker.protect(Effect.fail(failure(Verdict.always())), breaker))
      const call = Pipeline.run(pipeline, Effect.succeed("sent when the circuit was half-open"))
      const fiber = yield* Effect.forkChild(Effect.provideService(call, Clock.Clock, clock))
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("10 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "sent when the circuit was half-open")
    }).pipe(pinned),
  )
})

describe("a wait with a fraction of a nanosecond", () => {
  it.effect("needs one sleep", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 8 }))
      const call = Pipeline.run(pipeline, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      // Waits of (delay / 2) · (1 + 1/3) are not whole nanoseconds.
      const thirds = Effect.provideService(call, Random.Random, {
        nextDoubleUnsafe: () => 1 / 3,
        nextIntUnsafe: () => 0,
      })
      yield* inTime(Effect.flip(thirds))
      assert.deepStrictEqual(
        sent.map((at) => Math.round(at)),
        [0, 333, 1000, 2333, 5000, 10_333, 21_000, 42_333],
      )
    }),
  )
})
