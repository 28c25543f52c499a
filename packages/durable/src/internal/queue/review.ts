/**
 * Reviews the uploads that are not running: carries out user requests, and ends uploads that must not be begun.
 */
import type { Change } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Blame from "../resume/blame.ts"
import * as Ended from "./ended.ts"
import type * as OneUpload from "./oneUpload.ts"
import type { Requests } from "./requests.ts"
import type { FailedUpload } from "./types.ts"
import * as Wanted from "./wanted.ts"

export interface Options extends Pick<OneUpload.Drain, "describe" | "emit" | "journal" | "owner"> {
  readonly requests: Requests
  readonly isEligible: (record: UploadRecord) => boolean
  /** The uploads that were in `creating` before this drain began. */
  readonly creating: ReadonlySet<string>
}

/** What was changed, and the error if the changes could not be recorded. */
export interface Reviewed {
  readonly changes: ReadonlyArray<Change>
  readonly error: JournalError | undefined
}

interface Decision {
  readonly record: UploadRecord
  readonly change: Change
  /** The error to report. */
  readonly error?: FailedUpload
}

/** Returns a function that reviews uploads. The function writes all changes in one transaction. */
export const make = ({ creating, describe, emit, isEligible, journal, owner, requests }: Options) => {
  /** Uploads whose uncertain creation has been reported. */
  const reported = new Set<string>()

  const decide = (record: UploadRecord): Decision | undefined => {
    const { id, state } = record
    const wanted = Wanted.changeOf(record)
    if (wanted !== undefined) return { record, change: wanted }
    const isNew = creating.has(id) || record.error === undefined
    if (state === "uncertain" && isNew && !reported.has(id)) {
      const error = Ended.lost(record)
      return { record, change: { _tag: "Uncertain", id, error: describe(error) }, error }
    }
    const stopped = open.has(state) ? Blame.check(record) : undefined
    return stopped && { record, change: { _tag: "Failed", id, error: describe(stopped) }, error: stopped }
  }

  const report = ({ change, error, record }: Decision) =>
    Effect.gen(function* () {
      const { id } = record
      reported.add(id)
      if (!isEligible(record)) return
      const now = (yield* journal.get(id).pipe(Effect.catch(() => Effect.succeed(record)))) ?? record
      const ended = requests.get(id)?.ended
      if (error !== undefined) {
        yield* emit({ _tag: "Failed", record: now, error })
        if (ended !== undefined) yield* Deferred.fail(ended, error)
      } else if (change._tag === "Canceled") {
        yield* emit({ _tag: "Canceled", record: now })
        if (ended !== undefined) yield* Deferred.fail(ended, Ended.canceled(record))
      }
    })

  return (records: ReadonlyArray<UploadRecord>): Effect.Effect<Reviewed> =>
    Effect.gen(function* () {
      const decisions = records.flatMap((record) => decide(record) ?? [])
      const changes = decisions.map(({ change }) => change)
      if (changes.length === 0) return { changes, error: undefined }
      const written = yield* Effect.result(owner.write(...changes))
      if (written._tag === "Failure") return { changes, error: written.failure }
      yield* Effect.forEach(decisions, report, { discard: true })
      return { changes, error: undefined }
    })
}
