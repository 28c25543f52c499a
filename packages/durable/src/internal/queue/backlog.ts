/**
 * Keeps changes that could not be written until the journal can be written again.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Effect from "effect/Effect"
import type { Change, Journal, Owner } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { Unrecorded } from "../resume/session.ts"

/** The wait after the first attempt, and the longest wait, in milliseconds. Each attempt doubles the wait. */
const firstWait = 1000
const longestWait = 32_000

export type Outcome = { readonly _tag: "Written" } | { readonly _tag: "NotWritten"; readonly error: JournalError }

export interface Backlog {
  readonly isEmpty: () => boolean
  /** When the next attempt is due, in milliseconds on the monotonic clock. */
  readonly dueAt: () => number
  readonly add: (id: string | undefined, unrecorded: Unrecorded) => void
  /** Writes all changes if an attempt is due. Returns `undefined` if no attempt is due. */
  readonly write: Effect.Effect<Outcome | undefined>
}

/** Creates an empty backlog. The first attempt is due at once. */
export const make = (journal: Pick<Journal["Service"], "get">, owner: Owner): Backlog => {
  let changes: ReadonlyArray<Change> = []
  let dueAt = Number.POSITIVE_INFINITY
  let waitMillis = firstWait
  /** Drops the changes of uploads that have since been removed. */
  const existing = (pending: ReadonlyArray<Change>) =>
    Effect.map(
      Effect.filter(new Set(pending.map(({ id }) => id)), (id) =>
        Effect.map(journal.get(id), (now) => now !== undefined),
      ),
      (kept) => {
        const known = new Set(kept)
        return pending.filter(({ id }) => known.has(id))
      },
    )
  const isEmpty = () => dueAt === Number.POSITIVE_INFINITY

  return {
    isEmpty,
    dueAt: () => dueAt,
    add: (id, unrecorded) => {
      if (isEmpty()) dueAt = Number.NEGATIVE_INFINITY
      changes = [...changes, ...unrecorded.changes]
      if (id === undefined) return
      // Shows whether the journal can be written, even if no change is known.
      changes = [...changes, { _tag: "Event", id, kind: "stopped", detail: unrecorded.error.message }]
    },
    write: Effect.gen(function* () {
      if (isEmpty() || (yield* Monotonic.millis) < dueAt) return undefined
      const pending = changes
      const written = yield* Effect.result(Effect.flatMap(existing(pending), (kept) => owner.write(...kept)))
      if (written._tag === "Failure") {
        dueAt = (yield* Monotonic.millis) + waitMillis
        waitMillis = Math.min(longestWait, waitMillis * 2)
        return { _tag: "NotWritten", error: written.failure } as const
      }
      waitMillis = firstWait
      changes = changes.slice(pending.length)
      if (changes.length === 0) dueAt = Number.POSITIVE_INFINITY
      return { _tag: "Written" } as const
    }),
  }
}
