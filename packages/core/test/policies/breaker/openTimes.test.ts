import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Duration, Effect, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { down, hang, outcome, retryAfter, send, tag } from "../../support/breaker/calls.ts"

describe("CircuitBreaker", () => {
  describe("open times", () => {
    /** The durations of a number of openings while every probe fails. */
    const openTimes = (breaker: CircuitBreaker.CircuitBreaker, openings: number) =>
      Effect.gen(function* () {
        const times: Array<number> = []
        while (times.length < openings) {
          yield* send(breaker, "f")
          times.push(yield* retryAfter(breaker))
          yield* TestClock.adjust(times[times.length - 1] ?? 0)
        }
        return times
      })

    it.effect("lengthens its open times up to the cap while probes keep failing", () =>
      Effect.gen(function* () {
        const open = { base: "1 second", factor: 3, cap: "20 seconds" } as const
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open })
        assert.deepStrictEqual(yield* openTimes(breaker, 5), [1000, 3000, 9000, 20_000, 20_000])
      }),
    )

    it.effect("doubles its open times up to `maxOpen` by default", () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "1 minute" } })
        assert.deepStrictEqual(yield* openTimes(breaker, 4), [60_000, 120_000, 240_000, 300_000])
      }),
    )

    it.effect(
      "lengthens the open time while a service flaps, and resets it after the circuit has stayed closed for as long as the last open time",
      () =>
        Effect.gen(function* () {
          const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: 1000 } })
          assert.deepStrictEqual(yield* openTimes(breaker, 3), [1000, 2000, 4000])
          yield* send(breaker, "s")
          yield* TestClock.adjust(3999)
          assert.deepStrictEqual(yield* openTimes(breaker, 1), [8000])
          yield* send(breaker, "s")
          yield* TestClock.adjust(8000)
          assert.deepStrictEqual(yield* openTimes(breaker, 2), [1000, 2000])
        }),
    )

    it.effect("uses a schedule for its open times, and repeats the last delay after the schedule ends", () =>
      Effect.gen(function* () {
        const open = yield* CircuitBreaker.scheduled(Schedule.exponential("1 second").pipe(Schedule.upTo({ times: 3 })))
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open })
        assert.deepStrictEqual(yield* openTimes(breaker, 5), [1000, 2000, 4000, 4000, 4000])
        yield* send(breaker, "s")
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* openTimes(breaker, 2), [1000, 2000])
      }),
    )

    it.effect("passes the number of times the circuit has opened and the total open time to the schedule", () =>
      Effect.gen(function* () {
        const seen: Array<readonly [number, number]> = []
        const schedule = Schedule.fromStep<number, number, never, never, never, never>(
          Effect.succeed((now: number, opening: number) => {
            seen.push([now, opening])
            return Effect.succeed<[number, Duration.Duration]>([opening, Duration.seconds(opening)])
          }),
        )
        const open = yield* CircuitBreaker.scheduled(schedule)
        assert.deepStrictEqual(
          [1, 3, 3].map((n) => Duration.toMillis(open(n))),
          [1000, 3000, 3000],
        )
        assert.deepStrictEqual(seen, [
          [0, 1],
          [1000, 2],
          [3000, 3],
          [0, 1],
          [1000, 2],
          [3000, 3],
        ])
      }),
    )

    it.effect("limits the open times returned by a function to between one millisecond and `maxOpen`", () =>
      Effect.gen(function* () {
        const said = [0, Number.NaN, Infinity]
        const open = (openings: number) => said[openings - 1] ?? 5
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open, maxOpen: "1 minute" })
        assert.deepStrictEqual(yield* openTimes(breaker, 4), [1, 1, 60_000, 5])
      }),
    )

    it.effect(
      "stays open for the duration of the server's hint if the hint is longer than the open time, up to `maxOpen`",
      () =>
        Effect.gen(function* () {
          const breaker = yield* CircuitBreaker.make({ consecutive: 2, open: 1000, maxOpen: "1 minute" })
          const fail = (seconds: number) =>
            outcome(CircuitBreaker.protect(Effect.fail(down({ retryAfter: Duration.seconds(seconds) })), breaker))
          // Only the hint of the failure that opens the circuit counts.
          yield* fail(50)
          yield* fail(7)
          assert.strictEqual(yield* retryAfter(breaker), 7000)
          yield* TestClock.adjust(7000)
          yield* fail(0.5)
          assert.strictEqual(yield* retryAfter(breaker), 1000)
          yield* TestClock.adjust(1000)
          yield* fail(86_400)
          assert.strictEqual(yield* retryAfter(breaker), 60_000)
        }),
    )

    it.effect("follows a hint for at most 5 minutes by default, or for at most `open` if `open` is longer", () =>
      Effect.gen(function* () {
        const hint = down({ retryAfter: Duration.hours(24) })
        const short = yield* CircuitBreaker.make({ consecutive: 1 })
        yield* outcome(CircuitBreaker.protect(Effect.fail(hint), short))
        assert.strictEqual(yield* retryAfter(short), 300_000)
        const long = yield* CircuitBreaker.make({ consecutive: 1, open: "10 minutes" })
        yield* outcome(CircuitBreaker.protect(Effect.fail(hint), long))
        assert.strictEqual(yield* retryAfter(long), 600_000)
      }),
    )
  })

  it.effect("does not stay open longer if the wall clock is set back", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: "10 seconds", probeLease: "20 seconds" })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* retryAfter(breaker), 6000)
      yield* TestClock.setTime(5000)
      assert.strictEqual(yield* retryAfter(breaker), 6000)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open", since: 1000 })
      yield* TestClock.adjust("6 seconds")
      yield* hang(breaker)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", since: 11_000 })
      yield* TestClock.setTime(1000)
      assert.strictEqual(yield* tag(breaker), "HalfOpen")
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("stays open for the full time even if the wall clock was set back while the circuit was closed", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "10 seconds" } })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "s")
      yield* TestClock.setTime(0)
      yield* send(breaker, "f")
      assert.strictEqual(yield* retryAfter(breaker), 20_000)
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* retryAfter(breaker), 16_000)
    }),
  )

  it.effect("correctly measures how long the circuit stays closed even if the wall clock is set back", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "10 seconds" } })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "s")
      yield* TestClock.setTime(0)
      yield* tag(breaker)
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "f")
      assert.strictEqual(yield* retryAfter(breaker), 10_000)
    }),
  )
})
