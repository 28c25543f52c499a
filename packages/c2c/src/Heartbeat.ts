/**
 * Sends heartbeats, which report to Frame.io that the device is online while it makes no other calls.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { C2cClient } from "./C2cClient.ts"

/** The interval between heartbeats: 120 s, as recommended in Frame.io's guide to heartbeats. */
export const interval = Duration.seconds(120)

/** The minimum time between any API call and the next heartbeat: Frame.io allows one heartbeat per minute. */
export const quiet = Duration.seconds(60)

/**
 * Returns the time at which the next heartbeat is due after a heartbeat at `beatAt`, in monotonic milliseconds.
 *
 * **Details**
 *
 * Every API call shows Frame.io that the device is online, so a busy device does not send heartbeats. After a failed
 * heartbeat, the next heartbeat is due sooner, because Frame.io shows a device as offline after 5 min without calls.
 */
export const dueAt = (beatAt: number, failed: boolean, lastCallAt: number): number =>
  Math.max(beatAt + Duration.toMillis(failed ? quiet : interval), lastCallAt + Duration.toMillis(quiet))

/**
 * Sends a heartbeat every 120 s until the layer's scope closes, but not within 60 s of another call or of a reply on the
 * device socket.
 *
 * **Details**
 *
 * The first heartbeat is due 120 s after the start, because a device makes other calls when it starts. Chunks are sent to S3,
 * so they do not tell the API that the device is online; heartbeats therefore continue during a long chunk. Heartbeats are
 * not sent while a gate is closed. A failed heartbeat does not end the loop.
 */
export const layer: Layer.Layer<never, never, C2cClient> = Layer.effectDiscard(
  Effect.gen(function* () {
    const client = yield* C2cClient
    let beatAt = yield* Monotonic.millis
    let failed = false

    // Checks again after every wait, because another call may have been made or a gate may have closed meanwhile.
    const untilDue: Effect.Effect<void> = Effect.gen(function* () {
      yield* client.ready
      const wait = dueAt(beatAt, failed, yield* client.lastCallAt) - (yield* Monotonic.millis)
      if (wait > 0) yield* Effect.andThen(Effect.sleep(wait), untilDue)
    })

    const beat = Effect.gen(function* () {
      yield* untilDue
      beatAt = yield* Monotonic.millis
      const exit = yield* Effect.exit(client.heartbeat)
      failed = Exit.isFailure(exit)
      if (Exit.isFailure(exit)) yield* Effect.logDebug("heartbeat failed", exit.cause)
    })

    yield* Effect.forkScoped(Effect.forever(beat))
  }),
)
