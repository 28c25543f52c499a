import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Timeline } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import type * as Hedge from "@holdfast/core/Hedge"
import { type Event, Observer } from "@holdfast/core/Observer"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { SlowDown, busy, service, fixed, start, timed, first, hedgedAround } from "../../support/hedge.ts"

describe("Hedge", () => {
  describe("a hedge in a pipeline", () => {
    it.effect("numbers copies and retries in one sequence, and reports the copies to the observer", () =>
      Effect.gen(function* () {
        const told: Array<string> = []
        const watch = {
          event: (event: Event) =>
            Effect.sync(() => {
              if ("number" in event) told.push(`${event._tag} ${event.number}`)
              if (event._tag === "CallEnded") told.push(`${event._tag} after ${event.attempts}`)
            }),
        }
        const pipeline = yield* Pipeline.make(
          Pipeline.retry({ attempts: 2, backoff: { base: 1_000, jitter: "none" } }),
          Pipeline.hedge(fixed(200)),
        )
        const numbers: Array<number> = []
        const { send } = service([
          [300, busy],
          [300, busy],
          [900, "third"],
          [50, "fourth"],
        ])
        const call = Pipeline.run(
          pipeline,
          ({ number }) => {
            numbers.push(number)
            return send
          },
          { repeatable: true },
        )
        assert.deepStrictEqual(yield* timed(call.pipe(Effect.provideService(Observer, watch))), [
          "fourth",
          500 + 1_000 + 250,
        ])
        assert.deepStrictEqual(numbers, [1, 2, 3, 4])
        assert.deepStrictEqual(told, [
          "AttemptStarted 1",
          "HedgeStarted 2",
          "AttemptStarted 2",
          "AttemptEnded 1",
          "AttemptEnded 2",
          "AttemptStarted 3",
          "HedgeStarted 4",
          "AttemptStarted 4",
          "AttemptEnded 4",
          "HedgeWon 4",
          "AttemptEnded 3",
          "CallEnded after 4",
        ])
      }),
    )

    it.effect("charges the budget for one copy if both the call and its copy are queued before they are sent", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
        const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 2 })
        const call = hedgedAround(fixed(200, { budget }), bulkhead)
        const holder = yield* start(Bulkhead.protect(Effect.sleep(300), bulkhead))
        const numbers: Array<number> = []
        const fiber = yield* start(
          call(({ number }) => {
            numbers.push(number)
            return number === 1 ? Effect.andThen(Effect.sleep(10), Effect.fail(busy)) : Effect.succeed("copy")
          }),
        )
        yield* TestClock.adjust(200)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 2)
        assert.strictEqual(budget.balance(0), 486)
        yield* TestClock.adjust(110)
        yield* Fiber.join(holder)
        assert.strictEqual(yield* Fiber.join(fiber), "copy")
        assert.deepStrictEqual(numbers, [1, 2])
        assert.strictEqual(budget.balance(0), 486)
      }),
    )

    it.effect("fails with a bulkhead rejection only if there is no other error", () =>
      Effect.gen(function* () {
        const { send } = service([[300, busy]])
        const call = hedgedAround(fixed(200), Bulkhead.makeUnsafe({ permits: 1 }))
        assert.strictEqual(yield* first(timed(Effect.flip(call(send)))), busy)
        const full = Bulkhead.makeUnsafe({ permits: 1 })
        yield* start(Bulkhead.protect(Effect.never, full))
        assert.strictEqual((yield* Effect.flip(hedgedAround(fixed(200), full)(send)))._tag, "BulkheadFull")
      }),
    )

    it.effect("uses a bulkhead permit for each copy, and releases the loser's permit", () =>
      Effect.gen(function* () {
        const bulkhead = Bulkhead.makeUnsafe({ permits: 3 })
        const { send } = service([
          [400, "first"],
          [900, "second"],
        ])
        const fiber = yield* start(hedgedAround(fixed(200), bulkhead)(send))
        const inFlight = Effect.map(Bulkhead.stats(bulkhead), (stats) => stats.inFlight)
        yield* TestClock.adjust(199)
        assert.strictEqual(yield* inFlight, 1)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* inFlight, 2)
        yield* TestClock.adjust(200)
        assert.strictEqual(yield* Fiber.join(fiber), "first")
        assert.strictEqual(yield* inFlight, 0)
      }),
    )

    it.effect("records a sent attempt in the timeline of the call's error", () =>
      Effect.gen(function* () {
        const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 1 }), Pipeline.hedge(fixed(200)))
        const slow = new SlowDown()
        const { send } = service([
          [300, busy],
          [50, slow],
        ])
        const error = yield* first(timed(Effect.flip(Pipeline.run(pipeline, send, { repeatable: true }))))
        assert.strictEqual(error, slow)
        assert.deepStrictEqual(
          Timeline.of(error).map(({ number, sent, startedAt, duration }) => ({ number, sent, startedAt, duration })),
          [{ number: 1, sent: true, startedAt: 200, duration: 100 }],
        )
      }),
    )

    it("includes its copies in the pipeline's worst case", () => {
      const budget = RetryBudget.ratioUnsafe({ kind: "ratio" })
      const worst = (hedge: Hedge.Hedge) =>
        Pipeline.worstCase(Pipeline.makeUnsafe(Pipeline.hedge(hedge), Pipeline.timeout("1 second"))).text
      assert.strictEqual(worst(fixed(200)), "≤ 2 attempts, ≤ 1.2 s, ≤ 2× load")
      assert.strictEqual(worst(fixed(200, { max: 3, budget })), "≤ 4 attempts, ≤ 1.6 s, ≤ 1.2× load")
    })
  })
})
