/**
 * Defines the file lock that the host provides.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Held, LockRefused } from "./lock.ts"
import * as SqliteLock from "./sqliteLock.ts"

/**
 * Provides file locks between processes on the same machine.
 *
 * **Details**
 *
 * The host must release a lock when the process that holds the lock ends, even if the process crashes. The default
 * implementation uses `node:sqlite`.
 */
export const HostLock = Context.Reference<{
  /** Acquires the lock, or returns `undefined` if another process or another caller holds the lock. Never waits. */
  readonly tryAcquire: (file: string) => Effect.Effect<Held | undefined, LockRefused>
}>("@holdfast/oauth/ProcessLock/HostLock", { defaultValue: () => SqliteLock })
