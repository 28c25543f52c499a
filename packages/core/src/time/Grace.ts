/**
 * Completes effects whose results must not be lost when the caller is interrupted.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** The options of a grace period. */
export interface Options {
  /** The maximum time that an interruption waits for the effect. */
  readonly atMost: Duration.Input
  /**
   * Returns whether a result can still be lost. If not, an interruption ends the effect at once. Default: always.
   */
  readonly isInFlight?: (() => boolean) | undefined
}

/**
 * Runs an effect so that an interruption of the caller first waits for the effect to complete.
 *
 * **When to use**
 *
 * For a request that a server carries out only once, such as a refresh with a rotated token or the creation of an object.
 *
 * **Details**
 *
 * The effect runs in its own fiber. After `atMost`, the interruption ends that fiber too.
 *
 * **Gotchas**
 *
 * `Effect.uninterruptible` has no limit: a silent server would delay the end of the program by the full timeout of the
 * request.
 */
export const complete = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  { atMost, isInFlight = () => true }: Options,
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDetach(Effect.interruptible(effect), { startImmediately: true }), (fiber) =>
      restore(Fiber.join(fiber)).pipe(
        Effect.onInterrupt(() =>
          Effect.andThen(
            Effect.suspend(() => (isInFlight() ? Effect.timeoutOption(Fiber.await(fiber), atMost) : Effect.void)),
            Fiber.interrupt(fiber),
          ),
        ),
      ),
    ),
  )
