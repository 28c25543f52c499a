import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Deadline from "@holdfast/core/Deadline"
import * as Verdict from "@holdfast/core/Verdict"
import { Clock, Deferred, Duration, Effect, Exit, Fiber, Scheduler, Schema } from "effect"
import { TestClock } from "effect/testing"

/** Long enough to fill and to empty a queue several times; arrays are at most 10 long by themselves. */
const pathOf = <A>(step: Schema.Schema<A>) => Schema.Array(step).check(Schema.isMinLength(100))
const small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 }))
const operations = ["call", "call", "call", "hurried", "end", "end", "interrupt", "reload", "wait"] as const

const started = { startImmediately: true }

/** Ends what runs here at a moment, in milliseconds of the epoch. */
const until = (at: number | undefined) =>
  Effect.provideService(Deadline.Current, at === undefined ? undefined : { at, limit: at })

/** A call that has its place for so long. */
const hold = (bulkhead: Bulkhead.Bulkhead, ms: number) =>
  Effect.forkChild(Bulkhead.protect(Effect.sleep(ms), bulkhead), started)

/** A bulkhead, and calls of 1 ms that say when they are let in. */
const queueOf = (options: Bulkhead.Options) =>
  Effect.map(Bulkhead.make(options), (bulkhead) => {
    const admitted: Array<string> = []
    const join = (name: string, priority?: number, deadline?: number) =>
      Effect.sync(() => admitted.push(name)).pipe(
        Effect.andThen(Effect.sleep(1)),
        Bulkhead.protect(bulkhead, priority === undefined ? {} : { priority }),
        until(deadline),
        Effect.forkChild(started),
      )
    return { admitted, bulkhead, join }
  })

/** One call of the property: when it came, and where it is. */
interface Caller {
  readonly number: number
  readonly priority: number
  readonly fiber: Fiber.Fiber<void, Bulkhead.BulkheadFull>
  readonly done: Deferred.Deferred<void>
  /** How many waited when it came, and how many places had been given. */
  readonly ahead: number
  readonly given: number
}

/** Lets everything come to rest, also what is suspended at every step. */
const rest = Effect.andThen(
  Effect.forEach(Array.from({ length: 30 }), () => Effect.yieldNow),
  TestClock.adjust(0),
)

type Path = ReadonlyArray<readonly [(typeof operations)[number], number, number, boolean]>

/**
 * Walks through the operations and checks after each what has to hold then, and at the end that nothing is left.
 *
 * With `pauses`, everything comes to rest after each operation, and who has been given a place has begun: only then can
 * the order be seen from outside.
 */
const walk = Effect.fnUntraced(function* (path: Path, pauses: boolean) {
  // Who is starved must have had room to wait.
  const rooms = pauses ? 10 : 1
  let options = { permits: 2, queue: 3 * rooms }
  const bulkhead = yield* Bulkhead.make(options)
  const running = new Set<number>()
  const callers = new Map<number, Caller>()
  const startedBy = new Map<number, number>()
  let given = 0
  let allowed = options.permits
  let longest = options.queue
  const unfair: Array<string> = []

  const call = Effect.fnUntraced(function* (priority: number, within: number | undefined) {
    const number = callers.size
    const done = yield* Deferred.make<void>()
    const { queued } = yield* Bulkhead.stats(bulkhead)
    const now = yield* Clock.currentTimeMillis
    const begin = Effect.suspend(() => {
      running.add(number)
      given++
      const caller = callers.get(number)
      if ((startedBy.get(priority) ?? -1) > number) unfair.push(`${number} after a later one of its priority`)
      if (caller !== undefined && given - caller.given > 9 * (caller.ahead + 1)) {
        unfair.push(`${number} had its place after ${given - caller.given} others, ${caller.ahead} were before it`)
      }
      startedBy.set(priority, number)
      return Deferred.await(done)
    })
    const body = Effect.ensuring(
      begin,
      Effect.sync(() => running.delete(number)),
    )
    const fiber = yield* Bulkhead.protect(body, bulkhead, { priority }).pipe(
      // A fiber may be suspended between any two steps.
      Effect.provideService(Scheduler.MaxOpsBeforeYield, pauses ? 2048 : 3),
      until(within === undefined ? undefined : now + within),
      Effect.forkChild(started),
    )
    callers.set(number, { number, priority, fiber, done, ahead: queued, given })
  })

  const alive = () => [...callers.values()].filter(({ fiber }) => fiber.pollUnsafe() === undefined)

  const check = Effect.fnUntraced(function* (settled: boolean) {
    const { inFlight, permits, queued } = yield* Bulkhead.stats(bulkhead)
    allowed = Math.max(permits, Math.min(allowed, inFlight))
    longest = Math.max(options.queue, Math.min(longest, queued))
    assert.isAtMost(inFlight, allowed, "never more in flight than permits, but for those from before a reload")
    assert.isAtMost(queued, longest, "the queue is bounded")
    assert.isTrue(queued === 0 || inFlight >= permits, "nobody waits beside a free place")
    assert.isAtMost(running.size, inFlight)
    if (settled) {
      assert.strictEqual(running.size, inFlight, "every place is with a call that runs")
      assert.strictEqual(alive().length, inFlight + queued, "who has no place and waits for none has ended")
    }
  })

  for (const [operation, first, second, settle] of path) {
    const those = alive()
    const one = those[(first * 7 + second) % Math.max(those.length, 1)]
    switch (operation) {
      case "call":
        yield* call(Math.min(first, 2), undefined)
        break
      case "hurried":
        yield* call(Math.min(first, 2), 1 + second)
        break
      case "end": {
        const [number] = running
        if (number !== undefined) Deferred.doneUnsafe(callers.get(number)!.done, Exit.void)
        break
      }
      case "interrupt":
        one?.fiber.interruptUnsafe()
        break
      case "reload":
        options = { permits: 1 + (first % 4), queue: second * rooms }
        yield* Bulkhead.reload(bulkhead, options)
        break
      case "wait":
        yield* TestClock.adjust(first)
    }
    if (pauses) yield* TestClock.adjust(0)
    else if (settle) yield* rest
    yield* check(pauses || settle)
    if (pauses) assert.deepStrictEqual(unfair, [])
  }

  for (const { done } of callers.values()) Deferred.doneUnsafe(done, Exit.void)
  yield* rest
  yield* Effect.forEach(callers.values(), ({ fiber }) => Fiber.await(fiber))
  const { inFlight, queued } = yield* Bulkhead.stats(bulkhead)
  assert.deepStrictEqual([inFlight, queued, running.size], [0, 0, 0])
})

describe("Bulkhead", () => {
  describe("without a queue", () => {
    it.effect("lets so many calls through at once, and refuses the next", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 2 })
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.instanceOf(error, Bulkhead.BulkheadFull)
        assert.strictEqual(error.reason, "full")
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 2, queued: 0, permits: 2 })
        yield* TestClock.adjust("100 millis")
        assert.strictEqual(yield* Effect.succeed("through").pipe(Bulkhead.protect(bulkhead)), "through")
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 2 })
      }),
    )

    it.effect("gives a place back whatever becomes of the call", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 1 })
        const endings = [
          Effect.fail({ _tag: "No", verdict: Verdict.never() }),
          Effect.die("bug"),
          Effect.interrupt,
          Effect.void,
        ]
        for (const ending of endings) {
          yield* Effect.exit(Bulkhead.protect(ending, bulkhead))
          assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        }
        const running = yield* hold(bulkhead, 100)
        yield* Fiber.interrupt(running)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
      }),
    )

    it.effect("says in its error when a place is expected, once it knows how long calls take", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ name: "parts", permits: 2 })
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const before = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.deepStrictEqual(before.verdict, Verdict.always({ pace: "throttled", outcome: "ignored", applied: "no" }))
        assert.strictEqual(before.expectedWait, undefined)
        assert.strictEqual(before.message, "parts: no place, and none to wait in (2 at once, 0 waiting)")
        yield* TestClock.adjust("100 millis")
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.strictEqual(error.expectedWait, 50)
        assert.deepStrictEqual(error.verdict.retryAfter, Duration.millis(50))
        assert.strictEqual(
          error.message,
          "parts: no place, and none to wait in (2 at once, 0 waiting, a place is expected in 50 ms)",
        )
        assert.strictEqual(error.stack, `BulkheadFull: ${error.message}`)
      }),
    )
  })

  describe("with a queue", () => {
    it.effect("lets in by priority, and in the order of arrival within one", () =>
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

    it.effect("gives every ninth place to whoever has waited longest, however many important calls come", () =>
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

    it.effect("refuses what comes when the queue is full", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 2 })
        yield* hold(bulkhead, 100)
        yield* join("a")
        yield* join("b")
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.deepStrictEqual([error.reason, error.queued, error.permits], ["full", 2, 1])
      }),
    )

    it.effect("lets a more important call displace the last of the least important from a full queue", () =>
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

    it.effect("refuses a waiter at its maxWait or at its deadline, whichever is sooner, to the millisecond", () =>
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

    it.effect("refuses at once what could expect its turn only after its deadline, and says the wait", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        yield* hold(bulkhead, 100)
        // Nothing is known yet, but a deadline that is now has passed.
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

    it.effect("rejects no call because of durations that are older than unmeasured calls", () =>
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

    it.effect("rejects no call because of outdated durations", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* slowThen(() => TestClock.adjust("1 minute")), 30)
      }),
    )

    it.effect("expects a wait by the last calls, by who is ahead, and by what is over the permits after a reload", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 2 })
        const expected = Effect.map(Effect.flip(Bulkhead.protect(Effect.void, bulkhead)), (error) => error.expectedWait)
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

    it.effect("displaces nobody for a call that would be too late", () =>
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

    it.effect("gives a place to nobody whose deadline is now, but to the next", () =>
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

    it.effect("forgets an interrupted waiter, and loses no place that it has just been given", () =>
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
        // It has its place and has not run yet.
        assert.deepStrictEqual(admitted, [])
        given.interruptUnsafe()
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(admitted, ["c"])
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 1 })
      }),
    )

    it.effect("needs one timer for all waiters, and none when nobody waits", () =>
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

    it.effect("wakes a long queue of calls that end at once, without one waking the next within itself", () =>
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

  describe("reload", () => {
    it.effect("lets waiters in at once when there are more permits", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        yield* hold(bulkhead, 1000)
        for (const name of ["a", "b", "c"]) yield* join(name)
        yield* Bulkhead.reload(bulkhead, { permits: 3, queue: 10 })
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 3, queued: 1, permits: 3 })
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(admitted, ["a", "b"])
      }),
    )

    it.effect("lets calls in flight finish when there are fewer, and admits nobody until then", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 3, queue: 10 })
        for (const ms of [100, 200, 300]) yield* hold(bulkhead, ms)
        yield* join("a")
        yield* Bulkhead.reload(bulkhead, { permits: 1, queue: 10 })
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 3, queued: 1, permits: 1 })
        yield* TestClock.adjust("250 millis")
        assert.deepStrictEqual(admitted, [])
        yield* TestClock.adjust("50 millis")
        assert.deepStrictEqual(admitted, ["a"])
      }),
    )

    it.effect("keeps who waits in a queue that has become too long, with the bound that it began with", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 3, maxWait: "1 second" })
        yield* hold(bulkhead, 10_000)
        const waiters = [yield* join("a"), yield* join("b"), yield* join("c")]
        yield* Bulkhead.reload(bulkhead, { permits: 1 })
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 3)
        assert.strictEqual((yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))).reason, "full")
        yield* TestClock.adjust("1 second")
        for (const waiter of waiters) assert.strictEqual((yield* Effect.flip(Fiber.join(waiter))).reason, "maxWait")
      }),
    )

    it.effect("changes nothing when the options are wrong", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 2, queue: 1 })
        const error = yield* Effect.flip(Bulkhead.reload(bulkhead, { permits: 5, queue: -1 }))
        assert.strictEqual(error.message, "Bulkhead: queue is -1, allowed is a whole number from 0")
        assert.deepStrictEqual(bulkhead.check({ permits: 5, queue: -1 }), error)
        assert.strictEqual(bulkhead.check({ permits: 5 }), undefined)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).permits, 2)
        assert.strictEqual(bulkhead.describe(), "bulkhead 2, queue 1")
      }),
    )
  })

  it("describes itself and knows the longest wait", () => {
    const described = (options: Bulkhead.Options) => {
      const bulkhead = Bulkhead.makeUnsafe(options)
      return [bulkhead.describe(), bulkhead.longestWait()]
    }
    assert.deepStrictEqual(described({ permits: 4 }), ["bulkhead 4", 0])
    assert.deepStrictEqual(described({ permits: 4, queue: 9 }), ["bulkhead 4, queue 9", Infinity])
    const all = described({ permits: 4, queue: 9, maxWait: "2 seconds" })
    assert.deepStrictEqual(all, ["bulkhead 4, queue 9, wait ≤ 2 s", 2000])
  })

  it.effect("refuses options that are none, and names them", () =>
    Effect.gen(function* () {
      const refused = (options: unknown) =>
        Effect.map(Effect.flip(Bulkhead.make(options as Bulkhead.Options)), ({ message }) => message)
      assert.deepStrictEqual(
        [
          yield* refused({}),
          yield* refused({ permits: 0 }),
          yield* refused({ permits: "4" }),
          yield* refused({ permits: 1, queue: 1, maxWait: 0 }),
          yield* refused({ permits: 1, queue: 1, maxWait: "soon" }),
          yield* refused({ permits: 1, maxWait: "1 second" }),
          yield* refused({ permits: 1, name: "" }),
        ],
        [
          "Bulkhead: permits is undefined, allowed is a whole number from 1",
          "Bulkhead: permits is 0, allowed is a whole number from 1",
          'Bulkhead: permits is "4", allowed is a whole number from 1',
          "Bulkhead: maxWait is 0, allowed is a duration above 0 ms",
          'Bulkhead: maxWait is "soon", allowed is a duration above 0 ms',
          'Bulkhead: maxWait is "1 second", allowed is nothing where there is no queue',
          'Bulkhead: name is "", allowed is a text that is not empty',
        ],
      )
    }),
  )

  it.effect.prop(
    "is built of the numbers that are allowed and of no others",
    { permits: Schema.Number, queue: Schema.Number, maxWait: Schema.Number },
    ({ maxWait, permits, queue }) =>
      Effect.gen(function* () {
        const built = (options: Bulkhead.Options) => Effect.map(Effect.exit(Bulkhead.make(options)), Exit.isSuccess)
        const whole = Number.isSafeInteger
        assert.strictEqual(yield* built({ permits }), whole(permits) && permits >= 1)
        assert.strictEqual(yield* built({ permits: 1, queue }), whole(queue) && queue >= 0)
        assert.strictEqual(yield* built({ permits: 1, queue: 1, maxWait }), Number.isFinite(maxWait) && maxWait > 0)
      }),
    { arbitrary: { runs: 100, seed: 4 }, timeout: 60_000 },
  )

  const path = pathOf(Schema.Tuple([Schema.Literals(operations), small, small, Schema.Boolean]))

  it.effect.prop(
    "loses no place, in whatever order calls come, end, are interrupted, and options change",
    { path },
    ({ path }) => walk(path, false),
    { arbitrary: { runs: 30, seed: 5 }, timeout: 60_000 },
  )

  it.effect.prop("keeps the order within a priority, and starves nobody", { path }, ({ path }) => walk(path, true), {
    arbitrary: { runs: 30, seed: 6 },
    timeout: 60_000,
  })
})
