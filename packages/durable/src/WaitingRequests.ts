/**
 * Carries out what people asked of a queue that no process is sending.
 */
import * as Effect from "effect/Effect"
import * as Wanted from "./internal/queue/wanted.ts"
import type { Journal } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"

/**
 * Changes the uploads that a person asked to cancel or retry, as the owner of the queue. If another process is the owner,
 * that process carries the requests out, and this function does nothing.
 *
 * **Details**
 *
 * Without this, a canceled upload keeps its upload URLs until the next drain. A journal that was moved or rolled back is left
 * alone, because its uploads must not change before `claim`.
 */
export const carryOut = (journal: Journal["Service"]): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const owner = yield* journal.own
    const changes = (yield* journal.list).flatMap((record) => Wanted.changeOf(record) ?? [])
    if (changes.length > 0) yield* owner.write(...changes)
  }).pipe(
    Effect.scoped,
    Effect.catchTag(["JournalOwned", "JournalFenced", "JournalMisplaced"], () => Effect.void),
  )
