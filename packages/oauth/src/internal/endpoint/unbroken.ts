/**
 * Effects whose result must not be lost to an interruption.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Timeouts from "@holdfast/core/Timeouts"

/** How long an interruption waits for the result: as long as a basic request may take. */
const grace = Timeouts.request

/**
 * Runs an effect to its end although the caller is interrupted: the interruption waits for it, but no longer than 15 s.
 *
 * **Details**
 *
 * The effect is a fiber of its own. Making the caller uninterruptible instead would hold up a program that is asked to stop
 * for as long as a silent server is given, which is 2 min for a refresh.
 */
export const unbroken = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDetach(effect), (fiber) =>
      restore(Fiber.join(fiber)).pipe(
        Effect.onInterrupt(() =>
          Effect.andThen(Effect.timeoutOption(Fiber.await(fiber), grace), Fiber.interrupt(fiber)),
        ),
      ),
    ),
  )
