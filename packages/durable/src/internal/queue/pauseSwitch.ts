/**
 * Holds the parts of all uploads while the queue is paused.
 */
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

export interface PauseSwitch {
  readonly isPaused: () => boolean
  readonly set: (paused: boolean) => Effect.Effect<void>
  /** Returns limits that hold parts back while the queue is paused. */
  readonly over: (limits: SharedLimits) => SharedLimits
}

/**
 * Creates a switch that is not paused.
 *
 * **Details**
 *
 * A part in flight is completed, because its bytes would otherwise be sent twice. The part waits before it acquires a permit,
 * and checks for a pause again when it has one.
 */
export const make = (): PauseSwitch => {
  const latch = Latch.makeUnsafe(true)
  // A waiter of a latch resumes even if the latch was closed again meanwhile.
  const awaitOpen: Effect.Effect<void> = Effect.suspend(() =>
    latch.isOpen() ? Effect.void : Effect.andThen(latch.await, awaitOpen),
  )
  return {
    isPaused: () => !latch.isOpen(),
    set: (paused) => Effect.asVoid(paused ? latch.close : latch.open),
    over: ({ pace, slot }) => ({
      pace,
      slot: (attempt, bytes) => {
        const held = Effect.andThen(awaitOpen, attempt)
        return Effect.andThen(awaitOpen, slot === undefined ? held : slot(held, bytes))
      },
    }),
  }
}
