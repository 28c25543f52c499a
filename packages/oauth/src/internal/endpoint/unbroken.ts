/**
 * Effects whose result must not be lost to an interruption.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Timeouts from "@holdfast/core/Timeouts"

/** How long an interruption waits for the result: as long as a basic request may take. */
const grace = Timeouts.request

/**
 * Runs an effect to its end even if the caller is interrupted. The interruption waits for it for at most 15 s.
 *
 * **Details**
 *
 * The effect runs in its own fiber. An uninterruptible caller would instead delay the end of the program by the full
 * timeout of a silent server, which is 2 min for a refresh.
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
