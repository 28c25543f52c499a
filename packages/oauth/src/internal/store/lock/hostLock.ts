/**
 * The file lock of the host.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Held, LockRefused } from "./lock.ts"
import * as SqliteLock from "./sqliteLock.ts"

/**
 * Locks files between the processes of one machine.
 *
 * **Details**
 *
 * The host must release a lock when its process ends, even by a crash. The default uses `node:sqlite`.
 */
export const HostLock = Context.Reference<{
  /** Acquires the lock, or returns `undefined` while another process or another caller holds it. Never waits. */
  readonly tryAcquire: (file: string) => Effect.Effect<Held | undefined, LockRefused>
}>("@holdfast/oauth/internal/HostLock", { defaultValue: () => SqliteLock })
