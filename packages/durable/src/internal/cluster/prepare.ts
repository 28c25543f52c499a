/**
 * The first activity of a run: decides whether the upload can begin on this runner.
 */
import type { SourceError } from "@holdfast/c2c/SourceFile"
import * as Retry from "@holdfast/core/Retry"
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import { FileNotShared } from "../../cluster/FileNotShared.ts"
import type { Owner } from "../../Journal.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import * as Ended from "../queue/ended.ts"
import * as Blame from "../resume/blame.ts"
import * as Persistence from "./persistence.ts"
import type { Refusal, Run, Runner } from "./types.ts"

/** Why this runner cannot read the file and what to do, if another machine can read it. */
const reasonOf = (
  error: SourceError,
  host: string,
): { readonly detail: string; readonly action: string } | undefined => {
  const action = `mount the folder at the same path on ${host}, or add the file from a folder that all workers share`
  switch (error._tag) {
    case "FileMissing":
      return { detail: "no such file", action }
    case "NoPermission":
      return { detail: "no permission", action }
    case "ObjectDenied":
    case "ObjectsUnsupported":
      return { detail: error.detail, action: `on ${host}: ${error.action}` }
    default:
      return undefined
  }
}

/** Returns why this runner cannot see the file, if it cannot. Other errors of the file are left to the upload itself. */
const invisible = ({ files, host }: Runner, { path }: UploadRecord): Effect.Effect<FileNotShared | undefined> =>
  files.version(path).pipe(
    // The upload itself waits for a storage.
    Effect.retry({ schedule: Retry.policy(), while: ({ _tag }) => _tag !== "ObjectUnavailable" }),
    Effect.match({
      onSuccess: () => undefined,
      onFailure: (error) => {
        const reason = reasonOf(error, host)
        return reason && new FileNotShared({ verdict: Verdict.never({ change: "human" }), path, host, ...reason })
      },
    }),
  )

const refuse = ({ describe, emit, journal }: Runner, owner: Owner, record: UploadRecord, error: Refusal) =>
  Effect.gen(function* () {
    yield* owner.write({ _tag: "Failed", id: record.id, error: describe(error) })
    yield* emit({ _tag: "Refused", record: (yield* journal.get(record.id)) ?? record, error })
  })

/**
 * Takes the upload, and ends it if it must not begin.
 *
 * **Details**
 *
 * An upload is canceled if the user asked for it. It fails if the runner cannot see the file, or if runners stopped during it
 * repeatedly. It becomes `uncertain` if a runner stopped before it recorded the response to a creation request: only the user
 * can decide whether to create another asset.
 */
const begin = (runner: Runner, { upload: id }: Run) =>
  Effect.gen(function* () {
    const { describe, emit, journal } = runner
    const owner = yield* journal.ownUpload(id)
    const record = yield* journal.get(id)
    if (record === undefined) return false
    const latest = Effect.map(journal.get(id), (found) => found ?? record)
    if (record.wanted === "cancel") {
      yield* owner.write({ _tag: "Canceled", id })
      yield* emit({ _tag: "Canceled", record: yield* latest })
      return false
    }
    if (record.state === "uncertain") {
      const error = Ended.lost(record)
      yield* owner.write({ _tag: "Uncertain", id, error: describe(error) })
      yield* emit({ _tag: "Failed", record: yield* latest, error })
      return false
    }
    if (!open.has(record.state)) return false
    const stopped = Blame.check(record)
    if (stopped !== undefined) {
      yield* owner.write({ _tag: "Failed", id, error: describe(stopped) })
      yield* emit({ _tag: "Failed", record: yield* latest, error: stopped })
      return false
    }
    const error = yield* invisible(runner, record)
    if (error === undefined) return true
    yield* refuse(runner, owner, record, error)
    return false
  }).pipe(Effect.scoped)

/** Returns whether the upload can be sent. Otherwise the upload has ended. */
export const run = (runner: Runner, run: Run): Effect.Effect<boolean> =>
  Persistence.persistently(runner, run, false, () => begin(runner, run))
