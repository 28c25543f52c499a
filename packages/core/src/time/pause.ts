/**
 * Provides waits that are never shorter than requested.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { millisOf } from "./Monotonic.ts"

/** How early a timer may fire, in milliseconds: Node truncates the delay and starts counting at a whole millisecond. */
const slack = 2

/**
 * The tolerance for rounding milliseconds to whole nanoseconds; a timer that fires early by no more than this is considered
 * on time.
 */
const rounding = 0.001

/**
 * Sleeps until at least the given number of milliseconds have passed since `from`, a reading of the clock that has just been
 * taken. Returns the time at which the sleep ended.
 *
 * **Details**
 *
 * A call that arrives a fraction of a millisecond too early, before a circuit becomes half-open or a server's hint expires,
 * is rejected and uses up an attempt. If the timer fires early, the function sleeps for the remaining time.
 */
export const pause = (ms: number, from: number, clock: Clock.Clock): Effect.Effect<number> =>
  Effect.flatMap(clock.sleep(Duration.millis(ms)), () => {
    const now = millisOf(clock)
    const left = from + ms - now
    // `Effect.map` would add 300 bytes to a bundle that does not use it otherwise.
    return left > rounding && left < slack
      ? Effect.flatMap(clock.sleep(Duration.millis(Math.ceil(left) + 1)), () => Effect.succeed(millisOf(clock)))
      : Effect.succeed(now)
  })
