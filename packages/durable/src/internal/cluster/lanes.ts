/**
 * Decides when a runner begins another upload.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

export interface Lanes {
  /** Runs a new upload once fewer uploads run than there are lanes. */
  readonly begin: <A, E, R>(upload: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Runs at once an upload that has an asset already. */
  readonly resume: <A, E, R>(upload: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Creates lanes for `most` uploads.
 *
 * **Details**
 *
 * Resumed uploads may exceed the lanes, but no new one begins until fewer than `most` run. Otherwise each lost runner would add
 * its uploads to those of the others, and each of these would wait longer for a part in flight.
 */
export const make = (most: number): Lanes => {
  const free = Semaphore.makeUnsafe(most)
  let resumed = 0
  const count = (change: number) =>
    Effect.suspend(() => {
      resumed += change
      return free.resize(most - resumed)
    })
  return {
    begin: free.withPermit,
    resume: (upload) =>
      Effect.acquireUseRelease(
        count(1),
        () => upload,
        () => count(-1),
      ),
  }
}
