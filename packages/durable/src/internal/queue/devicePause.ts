/**
 * Tracks whether the user has paused the device. During a pause, no asset is created, and files that have an asset are sent.
 */
import { DeviceSocket } from "@holdfast/c2c/DeviceSocket"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/**
 * Returns whether the device is paused now, and runs `changed` after each change until the scope closes. Without a
 * `DeviceSocket` in the context, the device is never paused.
 */
export const follow = (changed: () => void): Effect.Effect<() => boolean, never, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = Option.getOrUndefined(yield* Effect.serviceOption(DeviceSocket))
    let isPaused = false
    if (socket === undefined) return () => false
    const update = Stream.runForEach(socket.changes, (status) =>
      Effect.sync(() => {
        isPaused = status === "paused"
        changed()
      }),
    )
    yield* Effect.forkScoped(update)
    return () => isPaused
  })
