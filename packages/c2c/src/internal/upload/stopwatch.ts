/**
 * Adds up the time that an effect takes each time it runs, including the time of the current run.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Effect from "effect/Effect"

/** A sum of times, in milliseconds. */
export interface Stopwatch {
  total: number
  startedAt: number | undefined
}

export const make = (): Stopwatch => ({ total: 0, startedAt: undefined })

/** Returns the sum at a point on the monotonic clock. */
export const read = ({ startedAt, total }: Stopwatch, now: number): number =>
  total + (startedAt === undefined ? 0 : now - startedAt)

/** Runs an effect and adds its time, whether it succeeds, fails or is interrupted. */
export const timed = <A, E, R>(stopwatch: Stopwatch, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Monotonic.millis, (startedAt) => {
    stopwatch.startedAt = startedAt
    return Effect.ensuring(
      effect,
      Effect.map(Monotonic.millis, (now) => {
        stopwatch.total = read(stopwatch, now)
        stopwatch.startedAt = undefined
      }),
    )
  })
