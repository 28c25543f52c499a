import { assert, describe, it } from "@effect/vitest"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Deadline from "@holdfast/core/Deadline"
import { AttemptTimedOut } from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, Exit, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { guardText } from "../../support/guardText.ts"

const started = { startImmediately: true }
const failure = (verdict: Verdict.Verdict) => ({ _tag: "Failed", verdict })
const slowDown = failure(Verdict.always({ pace: "throttled" }))

/** The capacity of a service in concurrent calls, and its latency in milliseconds, for each minute. */
type Service = (minute: number) => { readonly capacity: number; readonly latency: number }

/** The counts of one minute. */
interface Minute {
  readonly limit: number
  readonly served: number
  readonly dropped: number
  /** The longest duration of a call, in milliseconds. */
  readonly longest: number
}

/**
 * Simulates 150 clients that always want to call, and the service, in virtual time and without fibers, so that hours take a
 * second. Calls above the capacity slow the service down in proportion, with a spread of a fifth, or are dropped.
 */
const simulate = (
  options: AdaptiveLimit.Options,
  minutes: number,
  service: Service,
  over: "slower" | "dropped" = "slower",
): ReadonlyArray<Minute> => {
  const limit = AdaptiveLimit.makeUnsafe(options)
  const passes = new Map<number, Array<() => void>>()
  let now = 0
  let active = 0
  let random = 1
  let minute = { served: 0, dropped: 0, longest: 0 }

  const start = (): boolean => {
    const call = { number: 0, sentAt: now, deadline: Infinity, options: {} }
    const sentAt = now
    const ticket = limit.enter(call as never, now)
    if (ticket === undefined) return false
    call.number++
    active++
    const { capacity, latency } = service(now / 60_000)
    const drop = over === "dropped" && active > capacity
    random = (random * 16_807) % 2_147_483_647
    const spread = 0.8 + (0.4 * random) / 2_147_483_647
    const took = drop ? 10 : Math.max(1, Math.round(latency * Math.max(1, active / capacity) * spread))
    const end = () => {
      active--
      if (drop) {
        minute.dropped++
        limit.exit(call as never, ticket, sentAt, now, "failure", slowDown)
      } else {
        minute.served++
        limit.exit(call as never, ticket, sentAt, now, "success", undefined)
      }
    }
    minute.longest = Math.max(minute.longest, took)
    passes.set(now + took, [...(passes.get(now + took) ?? []), end])
    return true
  }

  return Array.from({ length: minutes }, (_, n) => {
    minute = { served: 0, dropped: 0, longest: 0 }
    for (; now < (n + 1) * 60_000; now++) {
      const ending = passes.get(now)
      if (ending !== undefined) for (const end of ending) end()
      passes.delete(now)
      while (active < 150 && start());
    }
    return { limit: Math.floor(limit.algorithm.limit), ...minute }
  })
}

const number = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
const steady: Service = () => ({ capacity: 10, latency: 200 })
const limits = (minutes: ReadonlyArray<Minute>) => minutes.map(({ limit }) => limit)

describe("AdaptiveLimit", () => {
  describe("the gradient algorithm", () => {
    for (const initial of [1, 20, 150]) {
      it(`starts with a limit of ${initial}, settles slightly above the service's capacity, and uses that capacity fully`, () => {
        const last = simulate({ initial }, 6, steady).at(-1)!
        assert.isAtLeast(last.limit, 19)
        assert.isAtMost(last.limit, 23)
        assert.isAtLeast(last.served, 0.98 * 3000)
        assert.isAtMost(last.longest, 600)
      })
    }

    it("keeps the limit stable with `maxDrift`, although the limit and the latency would keep rising without it", () => {
      const guarded = simulate({}, 25, steady)
      const drifting = simulate({ maxDrift: 1e9 }, 25, steady)
      assert.isAtMost(Math.max(...limits(guarded.slice(5))), 24)
      assert.isAtMost(Math.max(...guarded.slice(5).map(({ longest }) => longest)), 600)
      assert.isAtLeast(Math.min(...guarded.slice(5).map(({ served }) => served)), 0.97 * 3000)
      assert.isAtLeast(drifting.at(-1)!.limit, 80)
      assert.isAtLeast(drifting.at(-1)!.longest, 2000)
    })

    it("follows a service that loses 5 % of its capacity per minute, but only with `maxDrift`", () => {
      const shrinking: Service = (minute) => ({ capacity: 40 * 0.95 ** minute, latency: 200 })
      const guarded = simulate({}, 30, shrinking)
      const drifting = simulate({ maxDrift: 1e9 }, 30, shrinking)
      assert.isAtMost(guarded.at(-1)!.limit, 1.8 * 40 * 0.95 ** 29 + 6)
      assert.isAtMost(Math.max(...guarded.map(({ longest }) => longest)), 650)
      assert.isAtLeast(drifting.at(-1)!.limit, 70)
      assert.isAtLeast(drifting.at(-1)!.longest, 2000)
    })

    it("lowers the limit when the service loses capacity, and restores the limit within one minute of the recovery", () => {
      const brownOut = simulate({}, 10, (minute) => ({ capacity: minute >= 5 && minute < 7 ? 4 : 20, latency: 200 }))
      assert.isAtMost(brownOut[6]!.limit, 12)
      assert.isAtLeast(brownOut[7]!.limit, 34)
      assert.isAtLeast(brownOut[7]!.served, 0.9 * 6000)
    })

    it("accepts a higher latency as normal if the latency does not fall with fewer concurrent calls", () => {
      const slower = simulate({}, 14, (minute) => ({ capacity: 20, latency: minute >= 4 ? 600 : 200 }))
      assert.isAtMost(Math.min(...limits(slower.slice(4, 6))), 20)
      assert.isAtLeast(slower.at(-1)!.limit, 34)
      assert.isAtLeast(slower.at(-1)!.served, 0.95 * 2000)
    })

    it("never accepts a latency above `maxHealthy` as normal, regardless of how slowly the latency rises", () => {
      const creeping: Service = (minute) => ({ capacity: 20, latency: 200 * 1.05 ** minute })
      const options = { maxHealthy: 300 }
      assert.isAtMost(simulate(options, 30, creeping).at(-1)!.limit, 10)
      assert.isAtLeast(simulate({}, 30, creeping).at(-1)!.limit, 28)
    })

    it("keeps the limit between `min` and `max`", () => {
      const brownOut: Service = (minute) => ({ capacity: minute < 2 ? 40 : 2, latency: 200 })
      assert.strictEqual(simulate({ min: 30, initial: 30 }, 4, brownOut).at(-1)!.limit, 30)
      assert.isAtMost(Math.max(...limits(simulate({ max: 12 }, 4, steady))), 12)
    })
  })

  describe("the AIMD algorithm", () => {
    it("finds the capacity of a service that drops excess calls", () => {
      const last = simulate({ algorithm: "aimd" }, 3, () => ({ capacity: 40, latency: 200 }), "dropped").at(-1)!
      assert.isAtLeast(last.limit, 34)
      assert.isAtMost(last.limit, 42)
      assert.isAtLeast(last.served, 0.93 * 12_000)
      assert.isAtMost(last.dropped, 0.02 * last.served)
    })

    it("lowers the limit while the service has less capacity, and restores the limit within one minute of the recovery", () => {
      const service: Service = (minute) => ({ capacity: minute >= 2 && minute < 4 ? 10 : 40, latency: 200 })
      const found = limits(simulate({ algorithm: "aimd" }, 5, service, "dropped"))
      assert.isAtMost(found[3]!, 12)
      assert.isAtLeast(found[4]!, 34)
    })

    it("counts a call slower than `maxHealthy` as dropped", () => {
      const last = simulate({ algorithm: "aimd", maxHealthy: 400 }, 3, () => ({ capacity: 20, latency: 200 })).at(-1)!
      assert.isAtLeast(last.limit, 28)
      assert.isAtMost(last.limit, 40)
    })

    it.effect("lowers the limit only once for all calls that were in flight together", () =>
      Effect.gen(function* () {
        const limit = yield* AdaptiveLimit.make({ algorithm: "aimd", initial: 100 })
        const call = AdaptiveLimit.protect(Effect.andThen(Effect.sleep(100), Effect.fail(slowDown)), limit)
        yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 100 }, () => Effect.exit(call)),
            { concurrency: "unbounded" },
          ),
          started,
        )
        yield* TestClock.adjust("100 millis")
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 90)
        yield* Effect.forkChild(Effect.exit(call), started)
        yield* TestClock.adjust("100 millis")
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 81)
      }),
    )

    it.effect("does not raise the limit while less than half of it is in use", () =>
      Effect.gen(function* () {
        const limit = yield* AdaptiveLimit.make({ algorithm: "aimd", initial: 3 })
        const alone = AdaptiveLimit.protect(Effect.void, limit)
        for (let n = 0; n < 100; n++) yield* alone
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 3)
        yield* Effect.forkChild(AdaptiveLimit.protect(Effect.never, limit), started)
        for (let n = 0; n < 4; n++) yield* alone
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 4)
      }),
    )

    it.effect(
      "lowers the limit after overload, timeouts and exceeded deadlines, but not after other failures or interruptions",
      () =>
        Effect.gen(function* () {
          const after = Effect.fnUntraced(function* (
            call: Effect.Effect<unknown, Verdict.Classified>,
            deadline?: number,
          ) {
            const limit = yield* AdaptiveLimit.make({ algorithm: "aimd", initial: 10 })
            const fiber = yield* AdaptiveLimit.protect(call, limit).pipe(
              Effect.provideService(
                Deadline.Current,
                deadline === undefined ? undefined : { at: deadline, limit: deadline },
              ),
              Effect.forkChild(started),
            )
            yield* TestClock.adjust("1 second")
            yield* Fiber.interrupt(fiber)
            return (yield* AdaptiveLimit.stats(limit)).limit
          })
          assert.strictEqual(yield* after(Effect.fail(slowDown)), 9)
          assert.strictEqual(yield* after(Effect.fail(new AttemptTimedOut(10))), 9)
          assert.strictEqual(yield* after(Effect.never, 1000), 9)
          assert.strictEqual(yield* after(Effect.never, 100_000), 10)
          assert.strictEqual(yield* after(Effect.never), 10)
          assert.strictEqual(yield* after(Effect.fail(failure(Verdict.always()))), 10)
          assert.strictEqual(yield* after(Effect.fail(failure(Verdict.never()))), 10)
          assert.strictEqual(yield* after(Effect.die("bug")), 10)
        }),
    )
  })

  for (const algorithm of ["gradient", "aimd"] as const) {
    it.effect(`resets the ${algorithm} algorithm to its initial limit after more than two minutes without calls`, () =>
      Effect.gen(function* () {
        const limit = yield* AdaptiveLimit.make({ algorithm, initial: 10 })
        for (let n = 0; n < 30; n++) {
          yield* Effect.flip(AdaptiveLimit.protect(Effect.delay(Effect.fail(slowDown), 1), limit)).pipe(
            Effect.forkChild(started),
          )
          yield* TestClock.adjust(1)
        }
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 1)
        const burst = Effect.gen(function* () {
          const call = Effect.exit(AdaptiveLimit.protect(Effect.sleep(1), limit))
          const fiber = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 10 }, () => call),
              { concurrency: 10 },
            ),
            started,
          )
          yield* TestClock.adjust(1)
          return (yield* Fiber.join(fiber)).filter(Exit.isSuccess).length
        })
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(yield* burst, 1)
        yield* TestClock.adjust(120_001)
        assert.strictEqual(yield* burst, 10)
      }),
    )
  }

  it("ignores calls that did not send a request", () => {
    const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 2 })
    const call = { number: 0, sentAt: -1, deadline: Infinity, options: {} } as never
    for (let n = 0; n < 100; n++) {
      const ticket = limit.enter(call, n)!
      limit.exit(call, ticket, n, n, "failure", slowDown)
    }
    assert.strictEqual(limit.places.permits, 2)
  })

  it.effect("rejects a call above the limit, or queues the call if a queue is configured", () =>
    Effect.gen(function* () {
      const one = { name: "uploads", min: 1, max: 1 }
      const limit = yield* AdaptiveLimit.make(one)
      const call = Effect.sleep(100).pipe(AdaptiveLimit.protect(limit))
      yield* call.pipe(Effect.forkChild(started))
      yield* TestClock.adjust("100 millis")
      yield* call.pipe(Effect.forkChild(started))
      const error = yield* Effect.flip(call)
      assert.instanceOf(error, AdaptiveLimit.LimitReached)
      assert.deepStrictEqual([error.limiter, error.limit, error.reason], ["uploads", 1, "full"])
      assert.deepStrictEqual(error.verdict, {
        retry: "always",
        pace: "throttled",
        outcome: "ignored",
        applied: "no",
        change: "nothing",
        retryAfter: Duration.millis(100),
      })
      assert.strictEqual(error.message, "uploads full: 1 running, 0 queued; a permit is expected in 100 ms")
      yield* AdaptiveLimit.reload(limit, { ...one, queue: 1, maxWait: "1 second" })
      const waiting = yield* Effect.forkChild(call, started)
      assert.strictEqual((yield* AdaptiveLimit.stats(limit)).queued, 1)
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(waiting)
      assert.strictEqual((yield* AdaptiveLimit.stats(limit)).inFlight, 0)
    }),
  )

  it.effect("keeps the current limit after a reload, clamped to the new bounds", () =>
    Effect.gen(function* () {
      const limit = yield* AdaptiveLimit.make({ initial: 50 })
      const found = Effect.map(AdaptiveLimit.stats(limit), (stats) => stats.limit)
      yield* AdaptiveLimit.reload(limit, { initial: 20 })
      assert.strictEqual(yield* found, 50)
      yield* AdaptiveLimit.reload(limit, { max: 40, algorithm: "aimd" })
      assert.strictEqual(yield* found, 40)
      yield* AdaptiveLimit.reload(limit, { min: 60 })
      assert.strictEqual(yield* found, 60)
      const error = yield* Effect.flip(AdaptiveLimit.reload(limit, { min: 10, max: 5 }))
      assert.strictEqual(error.message, "AdaptiveLimit: max must be an integer >= 10 (got 5)")
      assert.deepStrictEqual(limit.check({ min: 10, max: 5 }), error)
      assert.strictEqual(guardText(limit), "adaptive limit 60 to 200 by gradient")
    }),
  )

  it("describes its settings and reports the longest possible wait", () => {
    const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", queue: 5, maxWait: 1500 })
    assert.strictEqual(guardText(limit), "adaptive limit 1 to 200 by aimd, queue 5, wait ≤ 1.5 s")
    assert.strictEqual(limit.longestWait(), 1500)
    assert.strictEqual(AdaptiveLimit.makeUnsafe().longestWait(), 0)
  })

  it.effect.prop(
    "accepts every number in the valid range and rejects all other numbers",
    { min: Schema.Number, max: Schema.Number, initial: Schema.Number, drift: Schema.Number, healthy: Schema.Number },
    ({ drift, healthy, initial, max, min }) =>
      Effect.gen(function* () {
        const built = (options: AdaptiveLimit.Options) =>
          Effect.map(Effect.exit(AdaptiveLimit.make(options)), Exit.isSuccess)
        const whole = (n: number, from: number, to = Infinity) => Number.isSafeInteger(n) && n >= from && n <= to
        assert.strictEqual(yield* built({ min, max }), whole(min, 1) && whole(max, min))
        assert.strictEqual(yield* built({ min: 5, max: 30, initial }), whole(initial, 5, 30))
        assert.strictEqual(yield* built({ maxDrift: drift }), Number.isFinite(drift) && drift >= 1)
        assert.strictEqual(yield* built({ maxHealthy: healthy }), Number.isFinite(healthy) && healthy > 0)
        assert.isFalse(yield* built({ algorithm: "vegas" as never }))
        assert.isFalse(yield* built({ queue: initial < 0 ? initial : -1 }))
      }),
    { arbitrary: { runs: 100, seed: 7 }, timeout: 60_000 },
  )

  it.prop(
    "keeps the limit within its bounds and does not lose permits, regardless of the outcomes of calls",
    {
      path: Schema.Array(
        Schema.Tuple([Schema.Literals(["enter", "enter", "success", "drop", "failure", "reload"]), number]),
      ).check(Schema.isMinLength(200)),
      algorithm: Schema.Literals(["gradient", "aimd"]),
    },
    ({ algorithm, path }) => {
      let options = { algorithm, min: 2, max: 30 }
      const limit = AdaptiveLimit.makeUnsafe(options)
      const inFlight: Array<{ readonly call: { number: number }; readonly ticket: number; readonly at: number }> = []
      let now = 0
      for (const [what, n] of path) {
        now += n * n
        if (what === "reload") {
          options = { ...options, min: 1 + (n % 7), max: 7 + n }
          limit.apply(options)
        } else if (what === "enter") {
          const call = { number: 0, sentAt: now, deadline: Infinity, options: {} }
          const ticket = limit.enter(call as never, now)
          if ((ticket === undefined) !== inFlight.length >= limit.places.permits) assert.fail("not by its permits")
          if (ticket !== undefined) inFlight.push({ call, ticket, at: now })
        } else {
          const [one] = inFlight.splice(n % Math.max(inFlight.length, 1), 1)
          if (one === undefined) continue
          one.call.number++
          const error = what === "success" ? undefined : what === "drop" ? slowDown : failure(Verdict.always())
          limit.exit(one.call as never, one.ticket, one.at, now, what === "success" ? what : "failure", error)
        }
        const { permits, inFlight: held } = limit.places
        const within = Number.isSafeInteger(permits) && permits >= options.min && permits <= options.max
        assert.isTrue(within && held === inFlight.length, `${permits} permits, ${held} of ${inFlight.length} places`)
      }
    },
    { arbitrary: { runs: 50, seed: 8 }, timeout: 60_000 },
  )
})
