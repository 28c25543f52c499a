/**
 * The rows in which the sign-ins of devices are kept, and how a row is changed.
 */
import type * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"

/** The content of a row: the saved pair as text, and the digest of its access token, by which changes are compared. */
export interface Content {
  readonly text: string
  readonly access: string
}

/**
 * The condition under which a row is replaced.
 *
 * **Details**
 *
 * `always`: a new sign-in replaces whatever is there. `held`: the row still contains this pair, and its lock is still held.
 * `parent`: the row still contains the pair from which the new pair was obtained. The lock is irrelevant then: a runner that
 * was suspended during a refresh holds the only copy of the new pair.
 */
export type Condition =
  | { readonly _tag: "always" }
  | { readonly _tag: "held"; readonly access: string; readonly owner: string }
  | { readonly _tag: "parent"; readonly access: string }

/** How long a lock is held without being renewed, in milliseconds. */
export const lockFor = 8000

/** The rows of all devices. */
export interface Rows {
  /** The database, for messages. */
  readonly name: string
  readonly read: (device: string) => Effect.Effect<Content | undefined, SqlError>
  /** Replaces the content of a row. Returns whether the condition was true. */
  readonly replace: (device: string, next: Content, when: Condition) => Effect.Effect<boolean, SqlError>
  readonly remove: (device: string) => Effect.Effect<void, SqlError>
  /** Acquires or renews the lock of a device. Returns whether the owner holds it. */
  readonly lock: (device: string, owner: string) => Effect.Effect<boolean, SqlError>
  readonly unlock: (device: string, owner: string) => Effect.Effect<void, SqlError>
  /** The devices that are signed in, by name. */
  readonly devices: Effect.Effect<ReadonlyArray<string>, SqlError>
}
