/**
 * Reads the monotonic clock in milliseconds. Every wait and every duration is measured with this clock.
 *
 * **When to use**
 *
 * Use the monotonic clock to measure the time between two moments in one process. Setting the wall clock, manually or through
 * NTP, does not affect the monotonic clock, so a clock step cannot expire a deadline or open a circuit.
 *
 * **Gotchas**
 *
 * A reading is not a date and has no meaning in another process. The clock does not advance while the machine is suspended.
 * Use `Clock.currentTimeMillis` for a time that is compared with a server's date, that is stored on disk, or that must
 * advance while the machine is suspended, such as an expiry time.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Reads a clock and returns the fractional milliseconds since an arbitrary moment. */
export const millisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The number of milliseconds since an arbitrary moment. Only the differences between readings are meaningful. */
export const millis: Effect.Effect<number> = /* @__PURE__ */ Clock.clockWith((clock) => Effect.succeed(millisOf(clock)))
