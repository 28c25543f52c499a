/**
 * The monotonic clock in milliseconds. Every wait and duration is measured with it.
 *
 * **When to use**
 *
 * Use it for the time between two moments of this process. Setting the wall clock, by hand or by NTP, does not affect it, so a
 * clock step ends no deadline and opens no circuit.
 *
 * **Gotchas**
 *
 * A reading is not a date, means nothing to another process, and does not advance during a suspend. Use
 * `Clock.currentTimeMillis` for a time that is compared with a server's date, stored on disk, or must advance during a suspend,
 * such as an expiry.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Reads a clock: fractional milliseconds since an arbitrary moment. */
export const millisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The milliseconds since an arbitrary moment. Only differences are meaningful. */
export const millis: Effect.Effect<number> = /* @__PURE__ */ Clock.clockWith((clock) => Effect.succeed(millisOf(clock)))
