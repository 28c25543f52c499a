/**
 * Runs one upload of the queue and records how it ended.
 */
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import type { RealtimeError, RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { Uploader, UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import * as Verdict from "@holdfast/core/Verdict"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Result from "effect/Result"
import type { Change, Journal, Owner } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import { UploadDefect } from "../../QueueError.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import * as Recording from "../recording/request.ts"
import * as SavedState from "../resume/savedState.ts"
import * as Session from "../resume/session.ts"
import * as Ended from "./ended.ts"
import type { Waiting } from "./requests.ts"
import type { Describe, DrainOptions, FailedUpload, QueueEvent } from "./types.ts"

/** What all uploads of a drain share. */
export interface Drain {
  readonly journal: Journal["Service"]
  readonly upload: Uploader["Service"]["upload"]
  /** Uploads a recording. */
  readonly record: RealtimeUploader["Service"]["upload"]
  readonly describe: Describe
  readonly owner: Owner
  readonly options: DrainOptions
  readonly emit: (event: QueueEvent) => Effect.Effect<void>
}

/** One upload. */
export interface Job {
  readonly id: string
  readonly limits: SharedLimits
  /** The number of parts of this upload that may be in flight. */
  readonly parallel: number
  /** The caller that waits for this upload. */
  readonly waiting: () => Waiting | undefined
  /** Whether the upload is interrupted because the user canceled it. */
  readonly isCanceled: () => boolean
  /** `isConfirmed` tells whether the storage has confirmed a part. */
  readonly onProgress: (isConfirmed: boolean) => void
}

const hasProgress: ReadonlySet<UploadEvent["_tag"]> = new Set(["AssetCreated", "ChunkConfirmed"])

const requestOf = (
  { emit, options }: Drain,
  job: Job,
  record: UploadRecord,
  session: Session.Session,
): UploadRequest => {
  const { id, limits, onProgress, parallel, waiting } = job
  const { channel, createAgain, filetype, name, path } = record
  const own = waiting()?.request
  const onUnverified = own?.onUnverified ?? options.onUnverified
  const verifySource = own?.verifySource ?? options.verifySource
  return {
    path,
    ...(name === undefined ? undefined : { name }),
    ...(filetype === undefined ? undefined : { filetype }),
    ...(channel === undefined ? undefined : { channel }),
    ...(onUnverified === undefined ? undefined : { onUnverified }),
    ...(verifySource === undefined ? undefined : { verifySource }),
    parallel: own?.parallel ?? parallel,
    onStorageOutage: own?.onStorageOutage ?? options.onStorageOutage ?? "hold",
    onUncertainCreation: createAgain ? "repeat" : (own?.onUncertainCreation ?? "fail"),
    session,
    limits: own?.limits ?? limits,
    // The engine may build an event's effect before the event happens.
    onEvent: (event) =>
      Effect.suspend(() => {
        if (hasProgress.has(event._tag)) onProgress(event._tag === "ChunkConfirmed")
        const emitted = emit({ _tag: "Upload", id, path, event })
        return own?.onEvent === undefined ? emitted : Effect.andThen(own.onEvent(event), emitted)
      }),
  }
}

/** Uploads a file, or a recording while it is recorded. */
const send = (
  drain: Drain,
  job: Job,
  record: UploadRecord,
  session: Session.Session,
): Effect.Effect<UploadReceipt, RealtimeError> => {
  const request = requestOf(drain, job, record, session)
  if (record.quietMillis === undefined) return drain.upload(request)
  const { emit, options } = drain
  const { id, path } = record
  const recording = Recording.make(request, record, {
    ...(options.onRewrite === undefined ? undefined : { onRewrite: options.onRewrite }),
    onEvent: (event) =>
      Effect.suspend(() => {
        // The file has been verified, and now waits for its recorder.
        if (event._tag === "Resumed") job.onProgress(false)
        return Recording.isUploadEvent(event)
          ? (request.onEvent?.(event) ?? Effect.void)
          : emit({ _tag: "Upload", id, path, event })
      }),
  })
  return Effect.andThen(Recording.check(record, session.saved), drain.record(recording))
}

/**
 * Runs an upload.
 *
 * **Details**
 *
 * Returns what could not be recorded, or `undefined` if everything was. If the upload is interrupted, its state stays in the
 * journal, so that the next run continues it.
 */
export const run = (drain: Drain, job: Job): Effect.Effect<Session.Unrecorded | undefined> => {
  const { describe, emit, journal, options, owner } = drain
  const { id, isCanceled, waiting } = job

  const latest = (record: UploadRecord): Effect.Effect<UploadRecord> =>
    journal.get(id).pipe(
      Effect.map((found) => found ?? record),
      Effect.catch(() => Effect.succeed(record)),
    )

  const complete = (exit: Exit.Exit<UploadReceipt, FailedUpload>) =>
    Effect.suspend(() => {
      const ended = waiting()?.ended
      return ended === undefined ? Effect.void : Effect.asVoid(Deferred.done(ended, exit))
    })

  /** Reports an error. The upload stays open if the error could not be recorded. */
  const failed = (record: UploadRecord, error: FailedUpload) =>
    Effect.flatMap(latest(record), (now) =>
      Effect.andThen(emit({ _tag: "Failed", record: now, error }), complete(Exit.fail(error))),
    )

  /** Records the end of the upload, and then runs `after`. */
  const write = (
    record: UploadRecord,
    change: Change,
    after: (written: UploadRecord) => Effect.Effect<unknown>,
    otherwise: (error: JournalError) => Effect.Effect<unknown> = (error) => failed(record, error),
  ): Effect.Effect<Session.Unrecorded | undefined> =>
    Effect.matchEffect(owner.write(change), {
      onFailure: (error) => Effect.as(otherwise(error), { error, changes: [change] }),
      onSuccess: () => Effect.as(Effect.flatMap(latest(record), after), undefined),
    })

  const recorded = (record: UploadRecord, tag: "Failed" | "Uncertain", error: FailedUpload) => {
    const report = () => failed(record, error)
    return write(record, { _tag: tag, id, error: describe(error) }, report, report)
  }

  const done = (record: UploadRecord, receipt: UploadReceipt) =>
    write(record, { _tag: "Done", id }, (now) =>
      Effect.andThen(emit({ _tag: "Done", record: now, receipt }), complete(Exit.succeed(receipt))),
    )

  const canceled = (record: UploadRecord) =>
    write(record, { _tag: "Canceled", id }, (now) =>
      Effect.andThen(emit({ _tag: "Canceled", record: now }), complete(Exit.fail(Ended.canceled(now)))),
    )

  /** The state of an interrupted upload is in the journal, except that a creation may be in doubt. */
  const stopped = (record: UploadRecord, session: Session.Session): Effect.Effect<Session.Unrecorded | undefined> =>
    session.isCreating() && !record.createAgain
      ? recorded(record, "Uncertain", Ended.lost(record))
      : Effect.succeed(undefined)

  const ended = (
    record: UploadRecord,
    session: Session.Session,
    exit: Exit.Exit<UploadReceipt, RealtimeError>,
  ): Effect.Effect<Session.Unrecorded | undefined> => {
    if (Exit.isSuccess(exit)) return done(record, exit.value)
    if (isCanceled()) return canceled(record)
    const found = Cause.findError(exit.cause)
    if (Result.isSuccess(found)) {
      const error = found.success
      const unrecorded = error._tag === "StepNotRecorded" ? session.unrecorded() : undefined
      if (unrecorded !== undefined) return Effect.as(failed(record, unrecorded.error), unrecorded)
      return recorded(record, error._tag === "AssetCreationUncertain" ? "Uncertain" : "Failed", error)
    }
    if (Cause.hasInterruptsOnly(exit.cause)) return stopped(record, session)
    const cause = Cause.squash(exit.cause)
    const verdict = Verdict.never({ change: "human" })
    return recorded(record, "Failed", new UploadDefect({ verdict, path: record.path, cause }))
  }

  return Effect.uninterruptible(
    Effect.gen(function* () {
      const record = yield* journal.get(id)
      if (record === undefined || !open.has(record.state)) return undefined
      // In this process, the response to an earlier request arrived and could not be recorded.
      if (record.state === "creating" && !record.createAgain)
        return yield* recorded(record, "Uncertain", Ended.lost(record))
      const saved = yield* SavedState.load(journal, record)
      if (saved !== undefined) yield* owner.write({ _tag: "Resumed", id, resentBytes: record.resentBytes })
      const session = Session.make(owner, record, saved)
      yield* emit({ _tag: "Started", record })
      const { around = identity } = options
      const exit = yield* Effect.exit(Effect.interruptible(around(send(drain, job, record, session), record)))
      return yield* ended(record, session, exit)
    }).pipe(
      Effect.catch((error) =>
        Effect.flatMap(journal.get(id).pipe(Effect.catch(() => Effect.succeed(undefined))), (record) =>
          Effect.as(record === undefined ? complete(Exit.fail(error)) : failed(record, error), {
            error,
            changes: [],
          }),
        ),
      ),
    ),
  )
}
