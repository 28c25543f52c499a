/**
 * Ensures that only one process on this machine works on something at a time.
 *
 * **Details**
 *
 * The kernel releases a lock when the process that holds the lock ends, even on SIGKILL. A lock must be on a local disk.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import { HostLock } from "./internal/lock/hostLock.ts"
import { LockBusy } from "./internal/lock/lock.ts"
import type { Held, LockRefused } from "./internal/lock/lock.ts"

export { HostLock } from "./internal/lock/hostLock.ts"
export { LockBusy, LockRefused } from "./internal/lock/lock.ts"
/** Loads `node:sqlite`, which implements the locks, without its warning. Returns `undefined` if Node lacks the module. */
export { load as loadSqlite } from "./internal/lock/nodeSqlite.ts"
export type { Held } from "./internal/lock/lock.ts"

/**
 * Acquires the lock for a file, or returns `undefined` if another process or another caller holds the lock. Never waits.
 * Creates the file if it is missing. Its folder must exist.
 */
export const tryAcquire = (file: string): Effect.Effect<Held | undefined, LockRefused> =>
  Effect.flatMap(HostLock, (host) => host.tryAcquire(file))

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
      const held = yield* tryAcquire(file)
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
