/**
 * The monotonic clock in milliseconds: what every wait and every duration here is measured by.
 *
 * **When to use**
 *
 * For the time between two moments of this process. It goes on evenly while the wall clock is set, by hand or by NTP, so a
 * step of that clock ends no deadline and opens no circuit.
 *
 * **Gotchas**
 *
 * A reading is no date, means nothing to another process, and does not count the time of a suspended machine. What is
 * compared with a server's date, kept on disk or has to go on during a suspend (when a token or a URL expires) is read from
 * `Clock.currentTimeMillis`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Reads a clock: milliseconds with their fraction, since a moment that is the clock's own. */
export const millisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The milliseconds since a moment that is the clock's own: good for differences, and for nothing else. */
export const millis: Effect.Effect<number> = /* @__PURE__ */ Clock.clockWith((clock) => Effect.succeed(millisOf(clock)))
