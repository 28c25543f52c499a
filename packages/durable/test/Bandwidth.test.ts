import { assert, describe, it } from "@effect/vitest"
import * as Bandwidth from "@holdfast/durable/Bandwidth"
import { Clock, Effect, Exit, Fiber, Result, Scope, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"

const KiB = 1024
const MiB = 1024 * KiB

const timetable = (text: string) => Result.getOrThrow(Bandwidth.parse(text))

interface Grant {
  readonly at: number
  readonly bytes: number
  readonly key: string
}

/** Sends pieces of up to `piece` bytes forever, for each key, and records when each piece may be sent. */
const senders = (limiter: Bandwidth.Bandwidth["Service"], keys: ReadonlyArray<string>, piece = MiB) =>
  Effect.gen(function* () {
    const grants: Array<Grant> = []
    const startedAt = yield* Clock.currentTimeMillis
    for (const key of keys) {
      yield* limiter.pace(piece, key).pipe(
        Effect.flatMap((bytes) =>
          Effect.map(Clock.monotonicTimeNanos, (nanos) => {
            grants.push({ at: Number(nanos) / 1e6, bytes, key })
          }),
        ),
        Effect.forever,
        Effect.forkScoped,
      )
    }
    return { grants, startedAt }
  })

const sum = (grants: ReadonlyArray<Grant>) => grants.reduce((bytes, grant) => bytes + grant.bytes, 0)

/** The smallest and the largest number of bytes in any 5 s between two moments. */
const extremes = (grants: ReadonlyArray<Grant>, from: number, to: number) => {
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (let start = from; start + 5000 <= to; start += 10) {
    const bytes = sum(grants.filter(({ at }) => at >= start && at < start + 5000))
    least = Math.min(least, bytes)
    most = Math.max(most, bytes)
  }
  return [least / 5, most / 5] as const
}

/** Local time in Berlin, which moves its clocks in March and October. */
const berlin = (epochMillis: number): Bandwidth.LocalMinute => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Berlin",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
  const parts = Object.fromEntries(format.formatToParts(epochMillis).map(({ type, value }) => [type, value]))
  return {
    day: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(parts["weekday"] ?? ""),
    minute: Number(parts["hour"]) * 60 + Number(parts["minute"]),
  }
}

describe("Bandwidth", () => {
  it.effect.each([["16k"], ["512k"], ["20Mbit/s"], ["10M"], ["200M"]])(
    "keeps a limit of %s in any 5 s, to a twentieth, with callers of different sizes",
    ([text = ""]) =>
      Effect.gen(function* () {
        const limiter = yield* Bandwidth.make(timetable(text))
        const limit = yield* limiter.limit
        const big = yield* senders(limiter, ["a", "b", "c"])
        const small = yield* senders(limiter, ["d"], 1000)
        yield* TestClock.adjust("12 seconds")
        const [least, most] = extremes([...big.grants, ...small.grants], 0, 12_000)
        assert.isAtLeast(least, limit * 0.95)
        assert.isAtMost(most, limit * 1.05)
      }),
  )

  it.effect("keeps the rate even if timers fire up to 150 ms late", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("1M"))
      const { grants } = yield* senders(limiter, ["a", "b"])
      // The clock moves in steps, so each timer fires at the end of a step.
      for (let n = 0; n < 70; n++) yield* TestClock.adjust("153 millis")
      const [least, most] = extremes(grants, 200, 10_600)
      assert.isAtLeast(least, MiB * 0.95)
      assert.isAtMost(most, MiB * 1.05)
    }),
  )

  it.effect("does not make up for idle time", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("1M"))
      yield* Effect.forkChild(limiter.pace(1))
      yield* TestClock.adjust("1 minute")
      const { grants } = yield* senders(limiter, ["a", "b"])
      // The clock advances once the senders wait.
      for (let n = 0; n < 100; n++) yield* Effect.yieldNow
      yield* TestClock.adjust("5 seconds")
      assert.isAtLeast(sum(grants), 5 * MiB * 0.95)
      assert.isAtMost(sum(grants), 5 * MiB * 1.05)
    }),
  )

  it.effect("gives each key the same share, whatever the number and the sizes of its calls", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("4M"))
      const crowd = yield* senders(limiter, ["big", "big", "big", "big", "big", "big"])
      const alone = yield* senders(limiter, ["small"], 300 * KiB)
      yield* TestClock.adjust("10 seconds")
      const [a, b] = [sum(crowd.grants), sum(alone.grants)]
      assert.isAtLeast((a + b) ** 2 / (2 * (a ** 2 + b ** 2)), 0.99)
    }),
  )

  it.effect("does not wait and grants everything without a limit", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make()
      assert.strictEqual(yield* limiter.pace(500 * MiB), 500 * MiB)
      assert.strictEqual(yield* limiter.limit, Number.POSITIVE_INFINITY)
      assert.isFalse(yield* limiter.isLimiting)
    }),
  )

  it.effect("applies a new timetable to waiting callers within a second", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("10B"))
      const { grants } = yield* senders(limiter, ["a"])
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(sum(grants), 0)
      assert.isTrue(yield* limiter.isLimiting)
      yield* SubscriptionRef.set(limiter.timetable, timetable("10M"))
      yield* TestClock.adjust("1 second")
      assert.isAtLeast(sum(grants), 7 * MiB)
      yield* SubscriptionRef.set(limiter.timetable, timetable("1k"))
      yield* TestClock.adjust("1 second")
      const before = sum(grants)
      yield* TestClock.adjust("10 seconds")
      assert.isAtMost(sum(grants) - before, 11 * KiB)
    }).pipe(Effect.scoped),
  )

  it.effect("grants a waiting call everything when the limit is lifted", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("1B"))
      const fiber = yield* Effect.forkChild(limiter.pace(MiB))
      yield* TestClock.adjust("1 second")
      assert.isUndefined(fiber.pollUnsafe())
      yield* SubscriptionRef.set(limiter.timetable, Bandwidth.unlimited)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed(MiB))
    }),
  )

  describe("a timetable in local time", () => {
    /** The limits before and after a step of the wall clock, one second apart on the monotonic clock. */
    const around = (text: string, before: string, after: string) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.parse(before))
        const limiter = yield* Bandwidth.make(timetable(text))
        const first = yield* limiter.limit
        yield* TestClock.setTime(Date.parse(after))
        yield* TestClock.adjust("1 second")
        return [Bandwidth.print(first), Bandwidth.print(yield* limiter.limit)]
      }).pipe(Effect.provideService(Bandwidth.LocalTime, berlin), Effect.scoped)

    it.effect("applies the next limit within a second of its time", () =>
      Effect.gen(function* () {
        const limits = yield* around("08:00,1M 12:00,2M", "2026-01-05T10:59:59Z", "2026-01-05T10:59:59.999Z")
        assert.deepStrictEqual(limits, ["1 MiB/s", "2 MiB/s"])
      }),
    )

    it.effect("applies a limit that begins in the hour that spring skips", () =>
      Effect.gen(function* () {
        // 01:59:59 CET is followed by 03:00:00 CEST.
        const limits = yield* around("00:00,1M 02:30,2M", "2026-03-29T00:59:59Z", "2026-03-29T00:59:59.500Z")
        assert.deepStrictEqual(limits, ["1 MiB/s", "2 MiB/s"])
      }),
    )

    it.effect("applies the limits of the hour that autumn repeats twice", () =>
      Effect.gen(function* () {
        const text = "00:00,1M 02:30,2M"
        // 02:59:59 CEST is followed by 02:00:00 CET.
        assert.deepStrictEqual(yield* around(text, "2026-10-25T00:59:59Z", "2026-10-25T00:59:59.500Z"), [
          "2 MiB/s",
          "1 MiB/s",
        ])
      }),
    )

    it.effect("follows a wall clock that is set back or forward, while callers wait", () =>
      Effect.gen(function* () {
        let wall = Date.parse("2026-01-05T12:00:00Z")
        const localTime = () => berlin(wall)
        const limiter = yield* Effect.provideService(
          Bandwidth.make(timetable("08:00,1B 18:00,1M")),
          Bandwidth.LocalTime,
          localTime,
        )
        const { grants } = yield* senders(limiter, ["a"])
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(sum(grants), 0)
        wall = Date.parse("2026-01-07T18:00:00Z")
        yield* TestClock.adjust("1 second")
        assert.isAtLeast(sum(grants), MiB / 2)
        wall = Date.parse("2026-01-05T12:00:00Z")
        yield* TestClock.adjust("1 second")
        const before = sum(grants)
        yield* TestClock.adjust("1 minute")
        assert.isAtMost(sum(grants) - before, 256)
      }).pipe(Effect.scoped),
    )
  })

  it.effect("does not count interrupted callers", () =>
    Effect.gen(function* () {
      const limiter = yield* Bandwidth.make(timetable("1M"))
      const fibers: Array<Fiber.Fiber<number>> = []
      for (let n = 0; n < 100; n++) fibers.push(yield* Effect.forkChild(limiter.pace(MiB, `gone-${n}`)))
      yield* TestClock.adjust(1)
      yield* Effect.forEach(fibers, Fiber.interrupt)
      const { grants } = yield* senders(limiter, ["left"])
      yield* TestClock.adjust("5 seconds")
      assert.isAtLeast(sum(grants), 5 * MiB * 0.95)
    }),
  )

  it.effect("stops its timer when its scope closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const limiter = yield* Effect.provideService(Bandwidth.make(timetable("1B")), Scope.Scope, scope)
      const fiber = yield* Effect.forkChild(limiter.pace(MiB))
      yield* TestClock.adjust("1 second")
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 hour")
      assert.isUndefined(fiber.pollUnsafe())
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("rejects a limit that cannot be read, with the requirement and the value in the message", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.fromResult(Bandwidth.parse("20MB")))
      assert.strictEqual(error._tag, "BandwidthInvalid")
      assert.strictEqual(
        error.message,
        'The bandwidth limit is invalid: expected M for bytes or Mbit for bits, got the ambiguous unit "MB"',
      )
    }),
  )
})
