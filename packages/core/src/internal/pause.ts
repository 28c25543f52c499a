/**
 * Waits that are never shorter than they were asked to be.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { millisOf } from "../Monotonic.ts"

/** How early a timer may fire, in milliseconds: Node cuts off the fraction of its time, and counts from a whole millisecond. */
const slack = 2

/** What is lost where milliseconds become whole nanoseconds, and is no early timer. */
const rounding = 0.001

/**
 * Sleeps for so many milliseconds.
 *
 * **Details**
 *
 * A call that comes a part of a millisecond before a circuit half-opens, or a server's hint has passed, is rejected once
 * more, and its attempt is lost. Where the timer fired early, the rest is slept too.
 */
export const pause = (ms: number, clock: Clock.Clock): Effect.Effect<void> =>
  Effect.suspend(() => {
    const due = millisOf(clock) + ms
    return Effect.flatMap(Effect.sleep(ms), () => {
      const left = due - millisOf(clock)
      return left > rounding && left < slack ? Effect.sleep(Math.ceil(left) + 1) : Effect.void
    })
  })
