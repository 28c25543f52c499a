import { assert, describe, it } from "@effect/vitest"
import { Deadline, Pipeline } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Hedge from "@holdfast/core/Hedge"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect, Fiber, Scheduler } from "effect"
import { TestClock } from "effect/testing"
import { busy, service, fixed, start, timed, hedgedAround } from "../../support/hedge.ts"

describe("Hedge", () => {
  describe("the budget", () => {
    it.effect("charges the budget for every copy, whether the call or a copy wins", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
        const hedge = fixed(200, { budget, max: 2 })
        yield* timed(Hedge.protect(service([[199, "1"]]).send, hedge))
        assert.strictEqual(budget.balance(0), 500)
        yield* timed(
          Hedge.protect(
            service([
              [300, "1"],
              [900, "2"],
            ]).send,
            hedge,
          ),
        )
        assert.strictEqual(budget.balance(0), 486)
        yield* timed(
          Hedge.protect(
            service([
              [900, "1"],
              [900, "2"],
              [1, "3"],
            ]).send,
            hedge,
          ),
        )
        assert.strictEqual(budget.balance(0), 458)
        yield* timed(
          Effect.flip(
            Hedge.protect(
              service([
                [300, busy],
                [900, busy],
              ]).send,
              fixed(200, { budget }),
            ),
          ),
        )
        assert.strictEqual(budget.balance(0), 444)
      }),
    )

    it.effect("does not send copies while the budget is empty, and resumes once the budget allows it", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 0, floor: 0.1 })
        const hedge = fixed(200, { budget })
        const { log, send } = service([
          [900, "1"],
          [900, "2"],
          [900, "3"],
          [900, "4"],
          [1, "5"],
        ])
        const twice = Effect.andThen(Hedge.protect(send, hedge), Hedge.protect(send, hedge))
        assert.deepStrictEqual(yield* timed(twice), ["3", 1_800])
        assert.deepStrictEqual(
          log.filter((line) => line.includes("sent")),
          ["0 sent 1", "200 sent 2", "900 sent 3"],
        )
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, hedge)), ["5", 201])
      }),
    )

    it.effect("refunds the budget for a copy that was still queued when the call completed", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
        const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 1 })
        const { log, send } = service([[500, "first"]])
        const pipeline = hedgedAround(fixed(200, { budget }), bulkhead)
        const fiber = yield* start(pipeline(send))
        yield* TestClock.adjust(300)
        assert.strictEqual(budget.balance(0), 486)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 1)
        yield* TestClock.adjust(200)
        assert.strictEqual(yield* Fiber.join(fiber), "first")
        assert.strictEqual(budget.balance(0), 500)
        assert.deepStrictEqual(log, ["0 sent 1", "500 answered 1"])
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 1 })
      }),
    )

    it.effect("refunds the budget for a copy that a full bulkhead rejects, and lets the call continue", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
        const pipeline = hedgedAround(fixed(200, { budget }), Bulkhead.makeUnsafe({ permits: 1 }))
        const { send } = service([[500, "first"]])
        assert.deepStrictEqual(yield* timed(pipeline(send)), ["first", 500])
        assert.strictEqual(budget.balance(0), 500)
      }),
    )

    it.effect("shares a budget with the retries, and lets only the retries register calls", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.ratioUnsafe({ kind: "ratio", floor: 0 })
        const pipeline = yield* Pipeline.make(
          Pipeline.retry({ attempts: 2, budget }),
          Pipeline.hedge(fixed(200, { budget })),
        )
        for (let n = 0; n < 5; n++) yield* Pipeline.run(pipeline, Effect.void, { repeatable: true })
        assert.strictEqual(budget.balance(0), 1)
        const { log, send } = service([
          [500, "1"],
          [100, "2"],
          [500, "3"],
        ])
        yield* timed(
          Effect.all(
            [1, 2].map(() => Pipeline.run(pipeline, send, { repeatable: true })),
            { concurrency: 2 },
          ),
        )
        assert.strictEqual(log.filter((line) => line.includes("sent")).length, 3)
      }),
    )

    it.effect("registers calls with its budget unless the pipeline's retries use the same budget", () =>
      Effect.gen(function* () {
        const budgets = [1, 2, 3].map(() => RetryBudget.ratioUnsafe({ kind: "ratio", floor: 0 }))
        const [alone, beside, other] = budgets.map((budget) => Pipeline.hedge(fixed(200, { budget })))
        const pipelines: ReadonlyArray<Pipeline.Pipeline> = [
          yield* Pipeline.make(alone!),
          yield* Pipeline.make(Pipeline.retry({ attempts: 2 }), beside!),
          yield* Pipeline.make(Pipeline.retry({ budget: RetryBudget.unlimited }), other!),
        ]
        for (const [at, pipeline] of pipelines.entries()) {
          for (let n = 0; n < 5; n++) yield* run(pipeline)
          assert.strictEqual(budgets[at]!.balance(0), 1)
        }
      }),
    )

    it.effect("registers calls and successes with its budget when used outside of a pipeline", () =>
      Effect.gen(function* () {
        const ratio = RetryBudget.ratioUnsafe({ kind: "ratio", floor: 0 })
        for (let n = 0; n < 5; n++) yield* Hedge.protect(Effect.void, fixed(200, { budget: ratio }))
        assert.strictEqual(ratio.balance(0), 1)
        const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 14 })
        bucket.charge(0, undefined)
        yield* Hedge.protect(Effect.void, fixed(200, { budget: bucket }))
        yield* Effect.flip(Hedge.protect(Effect.fail(busy), fixed(200, { budget: bucket })))
        yield* Hedge.protect(Effect.void, fixed(200, { budget: bucket })).pipe(
          Effect.provideService(Deadline.Current, { at: 100, limit: 100 }),
        )
        yield* Hedge.protect(Effect.void, fixed(200, { budget: bucket }), { repeatable: false })
        assert.strictEqual(bucket.balance(0), 2)
      }),
    )

    it.effect("does not leak tokens, permits or fibers, regardless of when the call is interrupted", () =>
      Effect.gen(function* () {
        let ended = false
        for (let steps = 1; !ended && steps < 500; steps++) {
          const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
          const bulkhead = Bulkhead.makeUnsafe({ permits: 2, queue: 2 })
          let sent = 0
          let running = 0
          const sleep = Effect.suspend(() => {
            let started = false
            return Effect.onExit(
              Effect.suspend(() => {
                started = true
                running++
                return Effect.andThen(Effect.yieldNow, Effect.sleep(250))
              }),
              () => Effect.sync(() => void (started && running--)),
            )
          })
          const call = hedgedAround(
            fixed(100, { budget, max: 2 }),
            bulkhead,
          )(() => {
            sent++
            return sleep
          })
          // The scheduler runs this many operations before the call is interrupted.
          const scheduler = new OneByOne()
          const fiber = yield* start(Effect.provideService(call, Scheduler.Scheduler, scheduler))
          for (let step = 0; step < steps; step++) {
            if (!scheduler.step()) yield* TestClock.adjust(50)
          }
          ended = fiber.pollUnsafe() !== undefined
          const ending = yield* start(Fiber.interrupt(fiber))
          for (let step = 0; step < 10_000 && scheduler.step(); step++) {}
          assert.isDefined(ending.pollUnsafe(), `after ${steps} steps`)
          assert.strictEqual(running, 0, `after ${steps} steps`)
          assert.strictEqual(500 - budget.balance(0), 14 * Math.max(sent - 1, 0), `after ${steps} steps`)
          assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 2 })
        }
        assert.isTrue(ended)
      }),
    )
  })
})

/** Runs a repeatable call that succeeds through a pipeline of any stages. */
const run = (pipeline: Pipeline.Pipeline) =>
  Pipeline.run(pipeline as Pipeline.Pipeline<readonly []>, Effect.void, { repeatable: true })

/** Lets every fiber yield after each operation, and runs one operation of one fiber at a time. */
class OneByOne implements Scheduler.Scheduler {
  readonly executionMode = "async"
  private readonly tasks: Array<() => void> = []

  /** The first operation after a yield is the yield itself; the second is the operation that it preceded. */
  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    return fiber.currentOpCount > 2
  }

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    return { scheduleTask: (task) => void this.tasks.push(task), flush: () => {} }
  }

  /** Runs one task. Returns false if there is none. */
  step(): boolean {
    const task = this.tasks.shift()
    task?.()
    return task !== undefined
  }
}
