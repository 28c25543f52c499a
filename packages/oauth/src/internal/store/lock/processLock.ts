/**
 * Ensures that an effect runs in only one process at a time.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import { HostLock } from "./hostLock.ts"
import { LockBusy } from "./lock.ts"
import type { Held, LockRefused } from "./lock.ts"

/** The interval, before jitter, at which a waiter tries to acquire a lock that another process holds. */
const tryEvery = Duration.millis(100)

/** A lock on one file. */
export interface ProcessLock {
  /**
   * Runs an effect while no other process and no other caller in this process is running an effect under the same lock.
   *
   * **Details**
   *
   * Callers in the same process queue before they try to acquire the lock. The wait can be interrupted, and fails with
   * `LockBusy` after `atMost`, as measured by the monotonic clock. The lock is released when the effect ends for any reason.
   * If the process ends, the kernel releases the lock.
   */
  readonly exclusive: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LockRefused | LockBusy, R>
}

/** Creates the lock for a file. The file must be on a local disk, and its folder must exist. */
export const make = (file: string, options: { readonly atMost: Duration.Duration }): ProcessLock => {
  const turn = Semaphore.makeUnsafe(1)

  const acquire = (began: bigint, restore: Restore): Effect.Effect<Held, LockRefused | LockBusy> =>
    Effect.gen(function* () {
      const held = yield* (yield* HostLock).tryAcquire(file)
      if (held !== undefined) return held
      const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - began)
      if (Duration.isGreaterThanOrEqualTo(waited, options.atMost)) {
        return yield* Effect.fail(new LockBusy({ path: file, waitedMs: Duration.toMillis(waited) }))
      }
      // Jitter spreads waiters that started simultaneously.
      yield* restore(Effect.sleep(Duration.times(tryEvery, 0.5 + (yield* Random.next) / 2)))
      return yield* acquire(began, restore)
    })

  return {
    exclusive: (effect) =>
      Effect.flatMap(Clock.monotonicTimeNanos, (began) =>
        turn.withPermit(
          Effect.uninterruptibleMask((restore) =>
            Effect.flatMap(acquire(began, restore), ({ release }) => Effect.ensuring(restore(effect), release)),
          ),
        ),
      ),
  }
}

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
