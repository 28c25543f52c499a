/**
 * Tells Frame.io that the device is online, when nothing else does.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { C2cClient } from "./C2cClient.ts"

/** From one heartbeat to the next: 120 s, which Frame.io's guide to heartbeats recommends. */
export const interval = Duration.seconds(120)

/** The least time from any call of the API to a heartbeat: Frame.io allows one a minute. */
export const quiet = Duration.seconds(60)

/**
 * When the next heartbeat is due, in monotonic milliseconds, after one at `beatAt`.
 *
 * **Details**
 *
 * Every call of the API counts as a sign of life, so a busy device sends no heartbeats. After one that failed the next
 * is due sooner: Frame.io shows a device as offline after 5 min of silence.
 */
export const dueAt = (beatAt: number, failed: boolean, lastCallAt: number): number =>
  Math.max(beatAt + Duration.toMillis(failed ? quiet : interval), lastCallAt + Duration.toMillis(quiet))

/**
 * Sends a heartbeat every 120 s as long as the layer lives, none within 60 s of another call.
 *
 * **Details**
 *
 * The first is due 120 s after the start, since a device that starts makes other calls. Chunks go to S3 and are no sign
 * of life to the API, so heartbeats go on during a long one. While a gate is closed none is sent. No failure ends the
 * loop.
 */
export const layer: Layer.Layer<never, never, C2cClient> = Layer.effectDiscard(
  Effect.gen(function* () {
    const client = yield* C2cClient
    let beatAt = yield* Monotonic.millis
    let failed = false

    // Looks again after every wait, because another call may have been made or a gate have closed meanwhile.
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
