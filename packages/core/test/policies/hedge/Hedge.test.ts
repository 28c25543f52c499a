import { assert, describe, it } from "@effect/vitest"
import { type Classified, Deadline, Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Hedge from "@holdfast/core/Hedge"
import { type Event, Observer } from "@holdfast/core/Observer"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Clock, Data, Effect, Exit, Fiber, Scheduler } from "effect"
import { TestClock } from "effect/testing"

describe("Hedge", () => {
  describe("the race", () => {
    it.effect("is none when the call answers before the delay", () =>
      Effect.gen(function* () {
        const { log, send } = service([[199, "first"]])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 199])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "199 answered 1"])
      }),
    )

    it.effect("is none when the call answers at once", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* Hedge.protect(Effect.succeed("at once"), fixed(200)), "at once")
        assert.strictEqual(yield* Effect.flip(Hedge.protect(Effect.fail(busy), fixed(200))), busy)
      }),
    )

    it.effect("is won by the copy, and the call that lost is interrupted at that moment", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "first"],
          [100, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["second", 300])
        assert.deepStrictEqual(log, ["0 sent 1", "200 sent 2", "300 answered 2", "300 interrupted 1"])
      }),
    )

    it.effect("is won by the call, and its copy is interrupted", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [300, "first"],
          [1_000, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 300])
        assert.deepStrictEqual(log, ["0 sent 1", "200 sent 2", "300 answered 1", "300 interrupted 2"])
      }),
    )

    it.effect("sends as many copies as it may, one delay apart", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "1"],
          [1_000, "2"],
          [100, "3"],
          [1, "4"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200, { max: 2 }))), ["3", 500])
        assert.deepStrictEqual(log.slice(0, 4), ["0 sent 1", "200 sent 2", "400 sent 3", "500 answered 3"])
      }),
    )

    it.effect("sends no third when one copy is allowed", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [10_000, "2"],
          [1, "3"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["1", 10_000])
        assert.deepStrictEqual(log.slice(0, 3), ["0 sent 1", "200 sent 2", "10000 answered 1"])
      }),
    )

    it.effect("does not wait for a loser that takes its time to end", () =>
      Effect.gen(function* () {
        const { send } = service([
          [1_000, "first"],
          [100, "second"],
        ])
        const slow = send.pipe(Effect.onInterrupt(() => Effect.sleep("1 minute")))
        assert.deepStrictEqual(yield* timed(Hedge.protect(slow, fixed(200))), ["second", 300])
      }),
    )

    it.effect("interrupts a copy that is under way when its own first step lets the call answer", () =>
      Effect.gen(function* () {
        let interrupted = 0
        let wake: ((exit: Exit.Exit<string>) => void) | undefined
        const call = Effect.callback<string>((resume) => {
          if (wake === undefined) wake = resume
          else {
            wake(Exit.succeed("woken"))
            return Effect.sync(() => void interrupted++)
          }
        })
        assert.strictEqual(yield* first(timed(Hedge.protect(call, fixed(200)))), "woken")
        assert.strictEqual(interrupted, 1)
      }),
    )
  })

  describe("failures", () => {
    it.effect("of the call before the delay are the answer: a hedge is no retry", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [100, busy],
          [1, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(200)))), [busy, 100])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "100 failed 1"])
      }),
    )

    it.effect("of the call leave the copy its chance", () =>
      Effect.gen(function* () {
        const { send } = service([
          [250, busy],
          [100, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["second", 300])
      }),
    )

    it.effect("of the copy leave the call its chance", () =>
      Effect.gen(function* () {
        const { send } = service([
          [400, "first"],
          [50, busy],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 400])
      }),
    )

    it.effect("send the copy immediately with afterFailure", () =>
      Effect.gen(function* () {
        const early = fixed(200, { afterFailure: true, max: 2 })
        const { log, send } = service([
          [100, busy],
          [50, busy],
          [10, "third"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, early)), ["third", 160])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, [
          "0 sent 1",
          "100 failed 1",
          "100 sent 2",
          "150 failed 2",
          "150 sent 3",
          "160 answered 3",
        ])
        assert.strictEqual(early.describe(), "hedge 2 copies, each after 200 ms or a failure")
      }),
    )

    it.effect("never send more copies than the maximum, together with the timer", () =>
      Effect.gen(function* () {
        const last = new Busy()
        const { log, send } = service([
          [100, busy],
          [1_000, last],
          [1, "third"],
        ])
        const early = fixed(200, { afterFailure: true })
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, early))), [last, 1_100])
        assert.deepStrictEqual(log, ["0 sent 1", "100 failed 1", "100 sent 2", "1100 failed 2"])
      }),
    )

    it.effect("that ask for less or close a gate send no copy", () =>
      Effect.gen(function* () {
        const overloaded = new Overloaded()
        for (const error of [new SlowDown(), new Refused(), overloaded]) {
          const { log, send } = service([
            [100, error],
            [1, "second"],
          ])
          const early = fixed(200, { afterFailure: true })
          assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, early)))), error)
          assert.lengthOf(log, 2)
        }
      }),
    )

    it.effect("send no copy that the budget does not pay for", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.makeUnsafe({ kind: "tokenBucket", capacity: 14, cost: 14 })
        budget.charge(0, undefined)
        const { log, send } = service([
          [100, busy],
          [1, "second"],
        ])
        const early = fixed(200, { afterFailure: true, budget })
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, early))), [busy, 100])
        assert.lengthOf(log, 2)
      }),
    )

    it.effect("of all end the call with the last one, and no other copy is waited for", () =>
      Effect.gen(function* () {
        const last = new Busy()
        const { log, send } = service([
          [400, last],
          [50, busy],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(300, { max: 5 })))), [last, 400])
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(log.length, 4)
      }),
    )

    it.effect("of all end it with the one that asks for less, or closes a gate, even if it was not the last", () =>
      Effect.gen(function* () {
        const errors = [busy, new SlowDown(), new Refused()]
        for (const [before, after] of [
          [1, 0],
          [2, 0],
          [2, 1],
        ] as const) {
          for (const order of [
            [before, after],
            [after, before],
          ] as const) {
            const { send } = service([
              [300, errors[order[0]]!],
              [200, errors[order[1]]!],
            ])
            assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, fixed(200))))), errors[before])
          }
        }
      }),
    )

    it.effect("with the verdict never end all at once, whoever had it", () =>
      Effect.gen(function* () {
        const wrong = new Wrong()
        const { log, send } = service([
          [1_000, "first"],
          [50, wrong],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(200)))), [wrong, 250])
        assert.strictEqual(log.at(-1), "250 interrupted 1")
        const other = service([
          [250, wrong],
          [1_000, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(other.send, fixed(200)))), [wrong, 250])
      }),
    )

    it.effect("that are never end it, even after one that says more", () =>
      Effect.gen(function* () {
        const wrong = new Wrong()
        const { send } = service([
          [250, new SlowDown()],
          [100, wrong],
        ])
        assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, fixed(200))))), wrong)
      }),
    )

    it.effect("that are defects end it at once", () =>
      Effect.gen(function* () {
        let sends = 0
        const call = Effect.suspend(() => (++sends === 1 ? Effect.sleep("1 second") : Effect.die("bug")))
        const [exit, at] = yield* timed(Effect.exit(Hedge.protect(call, fixed(200))))
        assert.deepStrictEqual(exit, Exit.die("bug"))
        assert.strictEqual(at, 200)
      }),
    )

    it.effect("that are interruptions from inside end it at once", () =>
      Effect.gen(function* () {
        let sends = 0
        const call = Effect.suspend(() => (++sends === 1 ? Effect.sleep("1 second") : Effect.interrupt))
        const [exit, at] = yield* timed(Effect.exit(Hedge.protect(call, fixed(200))))
        assert.isTrue(Exit.hasInterrupts(exit))
        assert.strictEqual(at, 200)
      }),
    )
  })

  describe("what may be hedged", () => {
    it.effect("is not a call that must not be sent twice", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "first"],
          [1, "second"],
        ])
        const answer = yield* timed(Hedge.protect(send, fixed(200), { repeatable: false }))
        assert.deepStrictEqual(answer, ["first", 1_000])
        assert.strictEqual(log.length, 2)
      }),
    )

    it.effect("runs such a call in the fiber that it came in", () =>
      Effect.gen(function* () {
        const self = yield* Effect.fiberId
        assert.strictEqual(yield* Hedge.protect(Effect.fiberId, fixed(200), { repeatable: false }), self)
        assert.notStrictEqual(yield* Hedge.protect(Effect.fiberId, fixed(200)), self)
      }),
    )
  })

  describe("interruption", () => {
    it.effect("of the whole ends the call and all copies, and waits for them", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [10_000, "2"],
          [10_000, "3"],
        ])
        const slow = send.pipe(Effect.onInterrupt(() => Effect.sleep("1 second")))
        const fiber = yield* start(Hedge.protect(slow, fixed(200, { max: 2 })))
        yield* TestClock.adjust(500)
        const ending = yield* start(Fiber.interrupt(fiber))
        yield* TestClock.adjust(999)
        assert.strictEqual(ending.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.isDefined(ending.pollUnsafe())
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, [
          "0 sent 1",
          "200 sent 2",
          "400 sent 3",
          "500 interrupted 1",
          "500 interrupted 2",
          "500 interrupted 3",
        ])
      }),
    )

    it.effect("before the delay leaves no copy to come", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [1, "2"],
        ])
        const fiber = yield* start(Hedge.protect(send, fixed(200)))
        yield* TestClock.adjust(100)
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "100 interrupted 1"])
      }),
    )
  })

  describe("the budget", () => {
    it.effect("pays for every copy, whoever wins", () =>
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

    it.effect("that is empty leaves the call alone, and hedges again when it is not", () =>
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

    it.effect("gets back what a copy cost that waited in a queue until the call answered", () =>
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

    it.effect("gets back what a copy cost that a full bulkhead refused, and the call goes on", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.tokenBucketUnsafe({ reward: 0 })
        const pipeline = hedgedAround(fixed(200, { budget }), Bulkhead.makeUnsafe({ permits: 1 }))
        const { send } = service([[500, "first"]])
        assert.deepStrictEqual(yield* timed(pipeline(send)), ["first", 500])
        assert.strictEqual(budget.balance(0), 500)
      }),
    )

    it.effect("is shared with the retries, which alone count its calls", () =>
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

    it.effect("is told of calls by a hedge whose pipeline has no retries, or retries with another budget", () =>
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

    it.effect("is told of calls and successes by a hedge that stands alone", () =>
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

    it.effect("loses nothing and leaves no fiber, whichever moment an interruption comes at", () =>
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
          // One operation at a time: the scheduler runs so many of them, and then the call is interrupted.
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

  describe("a deadline", () => {
    const within = (limit: number) => Effect.provideService(Deadline.Current, { at: limit, limit })

    it.effect("that leaves no more than the delay makes no copy", () =>
      Effect.gen(function* () {
        const { log, send } = service([[150, "first"]])
        const self = yield* Effect.fiberId
        const here = Effect.andThen(send, Effect.fiberId)
        const fiber = yield* start(Hedge.protect(here, fixed(200)).pipe(within(200)))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* Fiber.join(fiber), fiber.id)
        assert.notStrictEqual(fiber.id, self)
        assert.strictEqual(log.length, 2)
      }),
    )

    it.effect("that leaves more makes one", () =>
      Effect.gen(function* () {
        const { send } = service([
          [900, "first"],
          [1, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200)).pipe(within(201))), ["second", 201])
      }),
    )
  })

  describe("in a pipeline", () => {
    it.effect("numbers its copies between the retries, and tells the observer of them", () =>
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

    it.effect("sends one request for the price of one when only the copy found a place", () =>
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

    it.effect("tells a refusal of a copy only when nothing else was said", () =>
      Effect.gen(function* () {
        const { send } = service([[300, busy]])
        const call = hedgedAround(fixed(200), Bulkhead.makeUnsafe({ permits: 1 }))
        assert.strictEqual(yield* first(timed(Effect.flip(call(send)))), busy)
        const full = Bulkhead.makeUnsafe({ permits: 1 })
        yield* start(Bulkhead.protect(Effect.never, full))
        assert.strictEqual((yield* Effect.flip(hedgedAround(fixed(200), full)(send)))._tag, "BulkheadFull")
      }),
    )

    it.effect("counts at the bulkhead: a copy takes a place, and a loser leaves its own", () =>
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

    it.effect("has the timeline of its retries say what was sent, with the error that was told", () =>
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

    it("says what it comes to at most", () => {
      const budget = RetryBudget.ratioUnsafe({ kind: "ratio" })
      const worst = (hedge: Hedge.Hedge) =>
        Pipeline.worstCase(Pipeline.makeUnsafe(Pipeline.hedge(hedge), Pipeline.timeout("1 second"))).text
      assert.strictEqual(worst(fixed(200)), "≤ 2 attempts, ≤ 1.2 s, ≤ 2× load")
      assert.strictEqual(worst(fixed(200, { max: 3, budget })), "≤ 4 attempts, ≤ 1.6 s, ≤ 1.2× load")
    })
  })

  describe("a percentile", () => {
    const call = (ms: number, hedge: Hedge.Hedge) =>
      Effect.gen(function* () {
        const fiber = yield* start(Hedge.protect(Effect.sleep(ms), hedge))
        yield* TestClock.adjust(ms)
        yield* Fiber.join(fiber)
      })
    const calls = (times: ReadonlyArray<number>, hedge: Hedge.Hedge) =>
      Effect.forEach(times, (ms) => call(ms, hedge), { discard: true })
    const times = (count: number, ms: number) => Array.from({ length: count }, () => ms)
    const p95 = (options: Partial<Hedge.Percentile> = {}) =>
      Hedge.makeUnsafe({ delay: { percentile: 0.95, ...options }, budget: none })
    /** A budget that pays for nothing: durations are then seen as they are. */
    const none = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 0, floor: 0 })

    it.effect("is not known before one duration at least lies beyond it", () =>
      Effect.gen(function* () {
        const hedge = p95({ max: "2 seconds", initial: "1 second" })
        assert.strictEqual(yield* Hedge.delay(hedge), 1_000)
        yield* calls(times(19, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 1_000)
        yield* call(100, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        assert.strictEqual(yield* Hedge.delay(p95({ max: 3_000 })), 3_000)
        assert.strictEqual(yield* Hedge.delay(p95()), 60_000)
      }),
    )

    it.effect("is rounded up by less than 4.5 %, so that no more calls than meant lie beyond it", () =>
      Effect.gen(function* () {
        for (const ms of [1, 2, 3, 7, 10, 64, 100, 999, 1_000, 12_345, 59_000]) {
          const hedge = p95()
          yield* calls(times(20, ms), hedge)
          const delay = yield* Hedge.delay(hedge)
          assert.isTrue(delay > ms && delay <= Math.ceil(ms * 2 ** (1 / 16)), `${delay} for ${ms}`)
        }
      }),
    )

    it.effect("is the one that was asked for", () =>
      Effect.gen(function* () {
        const mixed = times(10, 0).flatMap(() => [...times(18, 100), 200, 400])
        for (const [percentile, least, most] of [
          [0.5, 100, 104],
          [0.85, 100, 104],
          [0.92, 200, 209],
          [0.98, 400, 418],
        ] as const) {
          const hedge = p95({ percentile })
          yield* calls(mixed, hedge)
          const delay = yield* Hedge.delay(hedge)
          assert.isTrue(delay >= least && delay <= most, `${delay} for ${percentile}`)
        }
      }),
    )

    it.effect("keeps between the shortest and the longest delay", () =>
      Effect.gen(function* () {
        const slow = p95({ max: 500 })
        yield* calls(times(20, 1_000), slow)
        assert.strictEqual(yield* Hedge.delay(slow), 500)
        const fast = p95({ min: 50 })
        yield* calls(times(20, 1), fast)
        assert.strictEqual(yield* Hedge.delay(fast), 50)
        const never = p95({ max: 10_000_000, initial: 1 })
        yield* calls(times(20, 9_000_000), never)
        assert.strictEqual(yield* Hedge.delay(never), 2 ** 22)
      }),
    )

    it.effect("takes a call that answers at once for the shortest there is", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 20; n++) yield* Hedge.protect(Effect.void, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 1)
      }),
    )

    it.effect("follows a service that has become slower or faster within a window", () =>
      Effect.gen(function* () {
        const hedge = p95({ window: "10 seconds" })
        yield* calls(times(100, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* calls(times(30, 400), hedge)
        const slower = yield* Hedge.delay(hedge)
        assert.isTrue(slower >= 400 && slower < 420)
        yield* calls(times(200, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
      }),
    )

    it.effect("counts what was seen once in two halves of a window, and then no more", () =>
      Effect.gen(function* () {
        const hedge = p95({ percentile: 0.5, window: "10 seconds" })
        // Enough is two durations, so every half of a window can speak for itself.
        yield* calls([100, 100, 100, 100], hedge)
        yield* TestClock.adjust("5 seconds")
        yield* calls([400, 400], hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* TestClock.adjust("5 seconds")
        yield* calls([400], hedge)
        assert.isTrue((yield* Hedge.delay(hedge)) >= 400)
      }),
    )

    it.effect("remembers the last calls where calls are rare", () =>
      Effect.gen(function* () {
        const hedge = p95({ window: "1 minute" })
        for (let n = 0; n < 20; n++) {
          yield* call(100, hedge)
          yield* TestClock.adjust("10 minutes")
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* TestClock.adjust("1 day")
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        // What is a day old is forgotten as soon as there is enough of what is new.
        yield* calls(times(40, 400), hedge)
        assert.isTrue((yield* Hedge.delay(hedge)) >= 400)
      }),
    )

    it.effect("does not become shorter because copies win", () =>
      Effect.gen(function* () {
        const hedge = Hedge.makeUnsafe({ delay: { percentile: 0.9, initial: 1_000 } })
        // One call in ten hangs, and its copy answers at once.
        let n = 0
        const send = Effect.suspend(() => Effect.sleep(n++ % 11 === 9 ? 50_000 : 100))
        const delays = new Set<number>()
        for (let call = 0; call < 300; call++) {
          yield* timed(Hedge.protect(send, hedge))
          if (call > 10) delays.add(yield* Hedge.delay(hedge))
        }
        assert.deepStrictEqual([...delays], [104])
      }),
    )

    it.effect("sees neither failures nor what must not be sent twice", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 40; n++) {
          yield* Effect.flip(Hedge.protect(Effect.fail(busy), hedge))
          yield* Hedge.protect(Effect.void, hedge, { repeatable: false })
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
      }),
    )

    it.effect("sees calls whose deadline leaves no time for a copy", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 20; n++) {
          yield* Effect.provideService(call(100, hedge), Deadline.Current, { at: n * 100 + 1_000, limit: 1_000 })
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
      }),
    )
  })

  describe("options", () => {
    it.effect.each<readonly [Hedge.Options, string]>([
      [{ delay: 0 }, "delay is 0, allowed is a duration above 0 ms"],
      [{ delay: -1 }, "delay is -1, allowed is a duration above 0 ms"],
      [{ delay: NaN }, "delay is NaN, allowed is a duration above 0 ms"],
      [{ delay: "Infinity" }, 'delay is "Infinity", allowed is a duration above 0 ms'],
      [{ delay: 1, max: 0 }, "max is 0, allowed is a whole number from 1 to 10"],
      [{ delay: 1, max: 11 }, "max is 11, allowed is a whole number from 1 to 10"],
      [{ delay: 1, max: 1.5 }, "max is 1.5, allowed is a whole number from 1 to 10"],
      [{ delay: { percentile: 0 } }, "delay.percentile is 0, allowed is a number above 0 to 0.999"],
      [{ delay: { percentile: 1 } }, "delay.percentile is 1, allowed is a number above 0 to 0.999"],
      [{ delay: { percentile: 95 } }, "delay.percentile is 95, allowed is a number above 0 to 0.999"],
      [{ delay: { percentile: NaN } }, "delay.percentile is NaN, allowed is a number above 0 to 0.999"],
      [{ delay: { percentile: 0.5, min: 0 } }, "delay.min is 0, allowed is a duration above 0 ms"],
      [{ delay: { percentile: 0.5, min: 9, max: 8 } }, "delay.max is 8, allowed is a duration from 9 ms"],
      [
        { delay: { percentile: 0.5, min: 9, initial: 8 } },
        "delay.initial is 8, allowed is a duration from 9 ms to 60000 ms",
      ],
      [
        { delay: { percentile: 0.5, max: 9, initial: 10 } },
        "delay.initial is 10, allowed is a duration from 1 ms to 9 ms",
      ],
      [{ delay: { percentile: 0.5, window: 0 } }, "delay.window is 0, allowed is a duration above 0 ms"],
    ])("refuse %o", ([options, message]) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Hedge.make(options))
        assert.strictEqual(error._tag, "InvalidPolicy")
        assert.strictEqual(error.message, `Hedge: ${message}`)
      }),
    )

    it.effect("are described", () =>
      Effect.gen(function* () {
        const words = (options: Hedge.Options) => Effect.map(Hedge.make(options), (hedge) => hedge.describe())
        assert.strictEqual(yield* words({ delay: "200 millis" }), "hedge after 200 ms")
        assert.strictEqual(yield* words({ delay: { seconds: 2 }, max: 2 }), "hedge 2 copies, each after 2 s")
        assert.strictEqual(yield* words({ delay: { percentile: 0.95 } }), "hedge after p95 (1 ms to 60 s)")
        assert.strictEqual(
          yield* words({ delay: { percentile: 0.999, min: "90 seconds" }, budget: RetryBudget.unlimited }),
          "hedge after p99.9 (90 s to 90 s), no budget",
        )
        assert.strictEqual((yield* Hedge.make({ delay: 1 })).name, "hedge")
        assert.strictEqual((yield* Hedge.make({ delay: 1, name: "s3" })).name, "s3")
      }),
    )

    it.effect("are changed by a reload, and what was seen counts on", () =>
      Effect.gen(function* () {
        const hedge = Hedge.makeUnsafe({ delay: { percentile: 0.5 } })
        yield* Hedge.protect(Effect.void, hedge)
        yield* Hedge.protect(Effect.void, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 1)
        yield* Hedge.reload(hedge, { delay: { percentile: 0.5, min: 20 }, max: 3 })
        assert.strictEqual(yield* Hedge.delay(hedge), 20)
        assert.strictEqual(hedge.copies, 3)
        yield* Hedge.reload(hedge, { delay: { percentile: 0.5, window: "2 minutes" } })
        assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
        yield* Hedge.protect(Effect.void, hedge)
        yield* Hedge.protect(Effect.void, hedge)
        yield* Hedge.reload(hedge, { delay: { percentile: 0.6, window: "2 minutes" } })
        assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
        yield* Hedge.reload(hedge, { delay: 70 })
        yield* Hedge.protect(Effect.void, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 70)
        const error = yield* Effect.flip(Hedge.reload(hedge, { delay: 0 }))
        assert.strictEqual(error.option, "delay")
        assert.strictEqual(hedge.check({ delay: 0 })?.option, "delay")
        assert.strictEqual(yield* Hedge.delay(hedge), 70)
      }),
    )
  })
})

class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}
class SlowDown extends Data.TaggedError("SlowDown") {
  readonly verdict = Verdict.always({ pace: "throttled" })
}
class Refused extends Data.TaggedError("Refused") {
  readonly verdict = Verdict.once({ closes: "authorization" })
}
class Overloaded extends Data.TaggedError("Overloaded") {
  readonly verdict = Verdict.always({ outcome: "overload" })
}
class Wrong extends Data.TaggedError("Wrong") {
  readonly verdict = Verdict.never()
}
type Failure = Busy | SlowDown | Refused | Overloaded | Wrong
const busy = new Busy()

/** An effect that takes the times and gives the answers of the list, one after the other, and what became of each. */
const service = (answers: ReadonlyArray<readonly [ms: number, answer: string | Failure]>) => {
  const log: Array<string> = []
  let sends = 0
  const say = (what: string, number: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => void log.push(`${now} ${what} ${number}`))
  const send: Effect.Effect<string, Failure> = Effect.suspend(() => {
    const number = ++sends
    const [ms, answer] = answers[number - 1]!
    return say("sent", number).pipe(
      Effect.andThen(Effect.sleep(ms)),
      Effect.andThen(typeof answer === "string" ? Effect.succeed(answer) : Effect.fail(answer)),
      Effect.onExit((exit) =>
        say(Exit.isSuccess(exit) ? "answered" : Exit.hasInterrupts(exit) ? "interrupted" : "failed", number),
      ),
    )
  })
  return { log, send }
}

const fixed = (delay: number, options: Partial<Hedge.Options> = {}) => Hedge.makeUnsafe({ delay, ...options })

const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** What an effect comes to, and after how many milliseconds of virtual time. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const fiber = yield* start(
      Effect.flatMap(effect, (value) => Effect.map(Clock.currentTimeMillis, (now) => [value, now - began] as const)),
    )
    yield* TestClock.adjust("1 minute")
    return yield* Fiber.join(fiber)
  })

/** A call that succeeds and may be repeated, in a pipeline of whatever stages. */
const run = (pipeline: Pipeline.Pipeline) =>
  Pipeline.run(pipeline as Pipeline.Pipeline<readonly []>, Effect.void, { repeatable: true })

const first = <A, B, E, R>(effect: Effect.Effect<readonly [A, B], E, R>) => Effect.map(effect, ([value]) => value)

/** A pipeline of a hedge and what is inside of it, for effects that may be repeated. */
const hedgedAround =
  (hedge: Hedge.Hedge, bulkhead: Bulkhead.Bulkhead) =>
  <A, E extends Classified>(send: Effect.Effect<A, E> | ((attempt: Pipeline.Attempt) => Effect.Effect<A, E>)) =>
    Effect.flatMap(Pipeline.make(Pipeline.hedge(hedge), Pipeline.limits(bulkhead)), (pipeline) =>
      Pipeline.run(pipeline, send, { repeatable: true }),
    )

/** Lets every fiber yield after each operation, and runs one operation of one fiber at a time. */
class OneByOne implements Scheduler.Scheduler {
  readonly executionMode = "async"
  private readonly tasks: Array<() => void> = []

  /** The first operation after a yield is the yield itself, the second the one before which it came. */
  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    return fiber.currentOpCount > 2
  }

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    return { scheduleTask: (task) => void this.tasks.push(task), flush: () => {} }
  }

  /** Whether there was anything to do. */
  step(): boolean {
    const task = this.tasks.shift()
    task?.()
    return task !== undefined
  }
}
