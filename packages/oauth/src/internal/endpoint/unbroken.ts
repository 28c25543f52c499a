/**
 * Runs effects whose results must not be lost when the caller is interrupted.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Timeouts from "@holdfast/core/Timeouts"

/** The maximum time that an interruption waits for the result, which is the timeout of a basic request. */
const grace = Timeouts.request

/**
 * Runs an effect to completion even if the caller is interrupted. The interruption waits at most 15 s for the effect to
 * complete.
 *
 * **Details**
 *
 * The effect runs in its own fiber. If the caller were uninterruptible instead, a silent server would delay the end of the
 * program by the full timeout, which is 2 min for a refresh.
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
