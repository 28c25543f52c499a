/**
 * Runs an attempt under a time limit, in one fiber of its own.
 *
 * **Details**
 *
 * `Effect.timeoutOrElse` runs two fibers: one for the attempt and one for the sleep. The system clock needs no fiber for a
 * sleep, and an attempt that ends without waiting needs no timer.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

type Effected = Effect.Effect<unknown, unknown, unknown>

/** The clock of programs that provide none. Its sleeps are timers of the platform. */
const systemClock: Clock.Clock = /* @__PURE__ */ Context.get(/* @__PURE__ */ Context.empty(), Clock.Clock)

/** The longest delay of a timer of the platform, in milliseconds. */
const longestTimer = 2 ** 31 - 1

/** Calls `ring` after `ms` milliseconds on the given clock. Returns a function that cancels this. */
const alarm = (clock: Clock.Clock, ms: number, ring: () => void): (() => void) => {
  if (clock === systemClock && ms <= longestTimer) {
    // oxlint-disable-next-line eslint/no-restricted-globals -- any other clock, such as one of virtual time, is obeyed below
    const timer = setTimeout(ring, ms)
    return () => clearTimeout(timer)
  }
  const sleeper = Effect.runFork(Effect.andThen(clock.sleep(Duration.millis(ms)), Effect.sync(ring)))
  return () => sleeper.interruptUnsafe()
}

/**
 * Runs an attempt for at most `ms` milliseconds. After that, the attempt is interrupted and, when it has ended, `expired`
 * runs. The result of an attempt that ends after the limit is discarded.
 */
export const limited = (attempt: Effected, ms: number, expired: () => Effected): Effected =>
  Effect.withFiber((parent) =>
    Effect.callback((resume) => {
      // The attempt runs with the services of the caller; `resume` restores their types.
      const fiber = Effect.runForkWith(parent.context as Context.Context<unknown>)(attempt)
      const exit = fiber.pollUnsafe()
      if (exit !== undefined) return resume(exit)
      let isExpired = false
      const cancel = alarm(parent.getRef(Clock.Clock), ms, () => {
        isExpired = true
        fiber.interruptUnsafe(parent.id)
      })
      fiber.addObserver((exit) => {
        if (isExpired) return resume(Effect.suspend(expired))
        cancel()
        resume(exit)
      })
      // The interrupted caller waits until the attempt has ended. `Fiber.interrupt` would add 200 bytes to every bundle.
      return Effect.callback<void>((ended) => {
        cancel()
        fiber.interruptUnsafe(parent.id)
        fiber.addObserver(() => ended(Effect.void))
      })
    }),
  )
