/**
 * A clock that runs faster by a factor. It shortens all waits and expiries of the program, but not the work of sockets
 * and disks.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** A clock that starts at the time of day, or `ahead` milliseconds later, and runs `factor` times as fast. */
const make = (factor: number, ahead = 0): Clock.Clock => {
  const startedAt = performance.timeOrigin + performance.now() + ahead
  const started = performance.now()
  const passed = () => (performance.now() - started) * factor
  const millis = () => Math.floor(startedAt + passed())
  const nanos = () => BigInt(millis()) * 1_000_000n
  const monotonic = () => BigInt(Math.round(passed() * 1_000_000))
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => {
      const wait = Duration.toMillis(duration) / factor
      if (wait <= 0) return Effect.yieldNow
      // A wait longer than a timer can hold ends only with the run.
      if (wait > 2 ** 31 - 1) return Effect.never
      return Effect.callback<void>((resume) => {
        const timer = setTimeout(() => resume(Effect.void), wait)
        return Effect.sync(() => clearTimeout(timer))
      })
    },
  }
}

/** Runs an effect with all its fibers and servers on such a clock. */
export const provide =
  (factor: number, ahead = 0) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => Effect.provideService(effect, Clock.Clock, make(factor, ahead)))
