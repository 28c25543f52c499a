/**
 * Tracks what is known about the device: whether its socket is joined, and whether a user has paused it.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as SubscriptionRef from "effect/SubscriptionRef"

/**
 * The status of the device. `online`: the socket is open, and the device is not paused. `paused`: a user has paused the
 * device. `unknown`: no socket is open, and nothing says that the device is paused.
 */
export type DeviceStatus = "online" | "paused" | "unknown"

export type DeviceState = Effect.Success<typeof make>

/**
 * Creates the state of a device about which nothing is known.
 *
 * **Details**
 *
 * A device stays paused after its connection is lost, until the API reports otherwise or can no longer be reached.
 */
export const make = Effect.gen(function* () {
  const status = yield* SubscriptionRef.make<DeviceStatus>("unknown")
  // Closed until the first report.
  const latch = yield* Latch.make(false)
  let published: DeviceStatus = "unknown"
  let isJoined = false
  let isPaused = false
  let reports = 0

  const publish = Effect.suspend(() => {
    const next = isPaused ? "paused" : isJoined ? "online" : "unknown"
    const passage = isPaused ? latch.close : latch.open
    if (next === published) return Effect.asVoid(passage)
    published = next
    return Effect.andThen(passage, SubscriptionRef.set(status, next))
  })

  // Uninterruptible: the end of a connection must not separate a change from its publication.
  const change = (apply: () => void) => Effect.uninterruptible(Effect.andThen(Effect.sync(apply), publish))

  // A latch does not check again after waking, so the wait does.
  const awaitNotPaused: Effect.Effect<void> = Effect.suspend(() =>
    latch.isOpen() ? Effect.void : Effect.andThen(latch.await, awaitNotPaused),
  )

  return {
    status,
    awaitNotPaused,
    isPaused: () => isPaused,
    /** The number of reports so far. A response to an earlier request must not replace a later report. */
    reports: () => reports,
    joined: change(() => {
      isJoined = true
    }),
    lost: change(() => {
      isJoined = false
    }),
    reported: (paused: boolean) =>
      change(() => {
        reports++
        isPaused = paused
      }),
    /** The API cannot be reached: a creation must not wait because of an outdated report. */
    unknown: change(() => {
      isPaused = false
    }),
  }
})
