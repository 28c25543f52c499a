/**
 * Notices that this process did not run for some time, because it or its machine was suspended.
 *
 * **Details**
 *
 * Another runner may have taken the uploads meanwhile, and may have sent their parts. The fence of the journal refuses late
 * records, but it cannot stop bytes, so a process that wakes up must check its uploads before it sends anything.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** How often the process notes that it runs. */
const beat = Duration.millis(500)

/**
 * The time after which another runner may have taken the uploads, in milliseconds: a runner keeps its shards for 6 s after it
 * last renewed them, and it renews them every 2 s.
 */
const longest = 3500

/** The suspensions of this process. */
export interface Suspension {
  /** Waits until the process has been suspended. */
  readonly next: Effect.Effect<void>
  /** Ends at once, or never if the process has been suspended and `next` has not ended yet. */
  readonly pass: Effect.Effect<void>
}

/** A moment on the monotonic clock and on the wall clock. The monotonic clock of some systems stops during a suspend. */
const moment = Effect.all([Monotonic.millis, Clock.currentTimeMillis])

/** Follows the suspensions until the scope closes. */
export const make: Effect.Effect<Suspension, never, Scope.Scope> = Effect.gen(function* () {
  let last = yield* moment
  let next = Deferred.makeUnsafe<void>()
  const isSuspended = Effect.map(moment, (now) => now.some((millis, index) => millis - (last[index] ?? 0) > longest))
  const loop = Effect.gen(function* () {
    yield* Effect.sleep(beat)
    const suspended = yield* isSuspended
    last = yield* moment
    if (!suspended) return
    const ended = next
    next = Deferred.makeUnsafe()
    yield* Deferred.succeed(ended, undefined)
  })
  yield* Effect.forkScoped(Effect.forever(loop))
  return {
    next: Effect.suspend(() => Deferred.await(next)),
    pass: Effect.flatMap(isSuspended, (suspended) => (suspended ? Effect.never : Effect.void)),
  }
})
