/**
 * Whether a user has paused the device, and which sockets are notified of it.
 */
import * as Effect from "effect/Effect"

export type Pause = ReturnType<typeof make>

/** Receives each change. It must not block. */
type Listener = (paused: boolean) => Effect.Effect<void>

export const make = () => {
  let paused = false
  const listeners = new Set<Listener>()
  return {
    isPaused: () => paused,
    /** Pauses or resumes the device and notifies all listeners of a change. */
    set: (next: boolean) =>
      Effect.suspend(() => {
        if (next === paused) return Effect.void
        paused = next
        return Effect.forEach([...listeners], (notify) => notify(next), { discard: true })
      }),
    /** Notifies a listener until the scope closes. */
    listen: (listener: Listener) =>
      Effect.acquireRelease(
        Effect.sync(() => listeners.add(listener)),
        () => Effect.sync(() => listeners.delete(listener)),
      ),
  }
}
