import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { Clock, Deferred, Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { started, until, hold, queueOf } from "../../support/bulkhead.ts"

describe("Bulkhead", () => {
  describe("with a queue", () => {
    it.effect("admits waiters by priority, and in the order of arrival within a priority", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        yield* hold(bulkhead, 100)
        yield* join("a", 0)
        yield* join("b", 5)
        yield* join("c")
        yield* join("d", 5)
        yield* join("e", -1)
        yield* join("f", Number.NaN)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(admitted, ["b", "d", "a", "c", "f", "e"])
      }),
    )

    it.effect(
      "gives every ninth permit to the call that has waited longest, regardless of how many higher-priority calls arrive",
      () =>
        Effect.gen(function* () {
          const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 100 })
          yield* hold(bulkhead, 100)
          yield* join("low 1", 0)
          yield* join("low 2", 0)
          for (let n = 0; n < 30; n++) yield* join("high", 9)
          yield* TestClock.adjust("10 seconds")
          assert.deepStrictEqual([admitted.indexOf("low 1"), admitted.indexOf("low 2")], [8, 17])
          assert.strictEqual(admitted.length, 32)
        }),
    )

    it.effect("rejects calls that arrive when the queue is full", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 2 })
        yield* hold(bulkhead, 100)
        yield* join("a")
        yield* join("b")
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.deepStrictEqual([error.reason, error.queued, error.permits], ["full", 2, 1])
      }),
    )

    it.effect("displaces the latest lowest-priority call from a full queue when a higher-priority call arrives", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 3 })
        yield* hold(bulkhead, 100)
        const first = yield* join("low 1", 0)
        const second = yield* join("low 2", 0)
        yield* join("middle", 1)
        yield* join("high", 2)
        const displaced = yield* Fiber.join(second).pipe(Effect.flip)
        assert.deepStrictEqual([displaced.reason, displaced.queued], ["displaced", 2])
        assert.strictEqual(first.pollUnsafe(), undefined)
        const equal = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead, { priority: 0 }))
        assert.strictEqual(equal.reason, "full")
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(admitted, ["high", "middle", "low 1"])
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 1 })
      }),
    )

    it.effect(
      "rejects a queued call at its `maxWait` or deadline, whichever is earlier, with millisecond accuracy",
      () =>
        Effect.gen(function* () {
          const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 10, maxWait: "250 millis" })
          yield* hold(bulkhead, 10_000)
          const ended: Array<[string, string, number]> = []
          for (const [name, at] of [
            ["a", 300],
            ["b", 100],
            ["c", undefined],
            ["d", 200],
            ["e", 100],
          ] as const) {
            const waiter = yield* join(name, 0, at)
            yield* Effect.forkChild(
              Effect.flatMap(Effect.flip(Fiber.join(waiter)), ({ reason }) =>
                Effect.map(Clock.currentTimeMillis, (now) => ended.push([name, reason, now])),
              ),
              { startImmediately: true },
            )
          }
          for (let n = 0; n < 400; n++) yield* TestClock.adjust("1 millis")
          assert.deepStrictEqual(ended, [
            ["b", "tooLate", 100],
            ["e", "tooLate", 100],
            ["d", "tooLate", 200],
            ["a", "maxWait", 250],
            ["c", "maxWait", 250],
          ])
          assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 0)
        }),
    )

    it.effect(
      "immediately rejects a call whose turn is expected only after its deadline, and reports the expected wait",
      () =>
        Effect.gen(function* () {
          const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
          yield* hold(bulkhead, 100)
          // No duration is known yet, but a deadline at the current time has passed.
          const now = yield* Bulkhead.protect(Effect.void, bulkhead).pipe(Effect.flip, until(0))
          assert.deepStrictEqual([now.reason, now.expectedWait], ["tooLate", undefined])
          yield* TestClock.adjust("100 millis")
          yield* hold(bulkhead, 100)
          yield* join("in time", 0, 100 + 150)
          const error = yield* Bulkhead.protect(Effect.void, bulkhead).pipe(Effect.flip, until(100 + 150))
          assert.deepStrictEqual([error.reason, error.expectedWait], ["tooLate", 200])
          assert.deepStrictEqual(error.verdict.retryAfter, Duration.millis(200))
          const important = yield* join("important", 1, 100 + 150)
          assert.strictEqual(important.pollUnsafe(), undefined)
          const passed = yield* Bulkhead.protect(Effect.void, bulkhead).pipe(Effect.flip, until(100))
          assert.strictEqual(passed.reason, "tooLate")
          yield* TestClock.adjust("100 millis")
          assert.deepStrictEqual(admitted, ["important"])
        }),
    )

    const slowThen = (between: (bulkhead: Bulkhead.Bulkhead) => Effect.Effect<unknown, unknown>) =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 4, queue: 40 })
        for (let n = 0; n < 4; n++) yield* hold(bulkhead, 10_000)
        yield* TestClock.adjust("10 seconds")
        yield* between(bulkhead)
        const now = yield* Clock.currentTimeMillis
        const call = Effect.exit(Bulkhead.protect(Effect.sleep(100), bulkhead).pipe(until(now + 30_000)))
        const burst = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 30 }, () => call),
            { concurrency: 30 },
          ),
          started,
        )
        yield* TestClock.adjust("1 second")
        const exits = yield* Fiber.join(burst)
        return exits.filter(Exit.isSuccess).length
      })

    it.effect("does not reject calls based on old durations if the calls since then were not measured", () =>
      Effect.gen(function* () {
        const quick = (bulkhead: Bulkhead.Bulkhead) =>
          Effect.gen(function* () {
            const fiber = yield* hold(bulkhead, 100)
            yield* TestClock.adjust(100)
            yield* Fiber.join(fiber)
          })
        assert.strictEqual(yield* slowThen(quick), 30)
      }),
    )

    it.effect("does not reject calls based on outdated durations", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* slowThen(() => TestClock.adjust("1 minute")), 30)
      }),
    )

    it.effect(
      "estimates the wait from recent durations, the calls ahead in the queue, and the running calls that exceed the permits after a reload",
      () =>
        Effect.gen(function* () {
          const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 2 })
          const expected = Effect.map(
            Effect.flip(Bulkhead.protect(Effect.void, bulkhead)),
            (error) => error.expectedWait,
          )
          for (const ms of [100, 200]) {
            yield* hold(bulkhead, ms)
            yield* TestClock.adjust(ms)
          }
          // The mean is 100 ms and then a tenth of the way to 200.
          yield* Bulkhead.reload(bulkhead, { permits: 4, queue: 2 })
          for (let n = 0; n < 4; n++) yield* hold(bulkhead, 1000)
          yield* join("a")
          yield* join("b")
          assert.strictEqual(yield* expected, (3 * 110) / 4)
          yield* Bulkhead.reload(bulkhead, { permits: 2, queue: 2 })
          assert.strictEqual(yield* expected, (5 * 110) / 2)
        }),
    )

    it.effect("does not displace a queued call for a new call that would miss its deadline", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 1 })
        const hasty = Bulkhead.protect(Effect.void, bulkhead, { priority: 9 })
        yield* hold(bulkhead, 100)
        const first = yield* join("low", 0)
        assert.strictEqual((yield* hasty.pipe(Effect.flip, until(0))).reason, "tooLate")
        assert.strictEqual(first.pollUnsafe(), undefined)
        yield* TestClock.adjust("200 millis")
        yield* hold(bulkhead, 100)
        const waiter = yield* join("low", 0)
        assert.strictEqual((yield* hasty.pipe(Effect.flip, until(210))).reason, "tooLate")
        assert.strictEqual(waiter.pollUnsafe(), undefined)
      }),
    )

    it.effect("skips a queued call whose deadline has passed, and gives the permit to the next call", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        yield* hold(bulkhead, 100)
        const late = yield* join("late", 5, 100)
        yield* join("next")
        yield* TestClock.adjust("100 millis")
        assert.strictEqual((yield* Effect.flip(Fiber.join(late))).reason, "tooLate")
        assert.deepStrictEqual(admitted, ["next"])
      }),
    )

    it.effect("removes an interrupted call from the queue, and releases a permit that the call has just received", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        const open = yield* Deferred.make<void>()
        yield* Effect.forkChild(Bulkhead.protect(Deferred.await(open), bulkhead), { startImmediately: true })
        const waiting = yield* join("a")
        const given = yield* join("b")
        yield* join("c")
        yield* Fiber.interrupt(waiting)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 2)
        Deferred.doneUnsafe(open, Exit.void)
        while ((yield* Bulkhead.stats(bulkhead)).queued === 2) yield* Effect.yieldNow
        // It has its permit but has not run yet.
        assert.deepStrictEqual(admitted, [])
        given.interruptUnsafe()
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(admitted, ["c"])
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 1 })
      }),
    )

    it.effect("runs one timer for all queued calls, and no timer when the queue is empty", () =>
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        let timers = 0
        const counting: Clock.Clock = {
          ...clock,
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
          sleep: (duration) =>
            Effect.suspend(() => {
              timers++
              return Effect.ensuring(
                clock.sleep(duration),
                Effect.sync(() => timers--),
              )
            }),
        }
        const bulkhead = yield* Bulkhead.make({ permits: 1, queue: 1000, maxWait: "10 seconds" })
        const open = yield* Deferred.make<void>()
        yield* Effect.forkChild(Bulkhead.protect(Deferred.await(open), bulkhead), { startImmediately: true })
        const call = Bulkhead.protect(Effect.void, bulkhead).pipe(Effect.provideService(Clock.Clock, counting))
        const waiters = []
        for (let n = 0; n < 1000; n++) waiters.push(yield* Effect.forkChild(call, { startImmediately: true }))
        assert.strictEqual(timers, 1)
        yield* Fiber.interruptAll(waiters.slice(0, 500))
        assert.strictEqual(timers, 1)
        Deferred.doneUnsafe(open, Exit.void)
        yield* Effect.forEach(waiters.slice(500), Fiber.join)
        assert.strictEqual(timers, 0)
      }),
    )

    it.effect("does not nest the wake-ups of queued calls that end immediately", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 1, queue: 5000 })
        yield* hold(bulkhead, 100)
        let done = 0
        const call = Effect.sync(() => done++).pipe(Bulkhead.protect(bulkhead))
        const all = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 5000 }, () => call),
            { concurrency: "unbounded", discard: true },
          ),
          { startImmediately: true },
        )
        yield* TestClock.adjust("100 millis")
        yield* Fiber.join(all)
        assert.strictEqual(done, 5000)
      }),
    )
  })
})
