/**
 * The second activity of a run: creates the asset, sends the parts that are not confirmed, and records how the upload ended.
 *
 * **Details**
 *
 * The creation of the asset and its parts are one activity, because they need the same open file. The journal records each step,
 * so a repetition continues after the last recorded step.
 */
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Owner } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"
import * as OneUpload from "../queue/oneUpload.ts"
import type { QueueEvent } from "../queue/types.ts"
import type { Unrecorded } from "../resume/session.ts"
import * as Persistence from "./persistence.ts"
import type { Run, Runner } from "./types.ts"

/** How often a runner looks whether the user canceled an upload that it is sending. */
const lookEvery = "1 second"

/** How often a runner looks whether it still has the shard of the workflow. */
const lostEvery = "500 millis"

/** The time after which the clients of a device are requested again. */
const clientsAfter = "5 seconds"

/** The time after which changes that could not be written are written again. */
const catchUpAfter = "1 second"

/** Waits until the user has asked to cancel the upload. */
const canceled = ({ journal }: Runner, { upload }: Run): Effect.Effect<void> =>
  journal.get(upload).pipe(
    Effect.map((record) => record?.wanted === "cancel"),
    Effect.orElseSucceed(() => false),
    Effect.delay(lookEvery),
    Effect.repeat({ until: (isCanceled) => isCanceled }),
    Effect.asVoid,
  )

/** Waits until another runner has the shard of the workflow. The engine does not end an activity at once. */
const lost = ({ isMine }: Pick<Run, "isMine">): Effect.Effect<void> =>
  Effect.suspend(() => (isMine() ? Effect.delay(lost({ isMine }), lostEvery) : Effect.void))

/** Follows the creation of assets, which must not be interrupted while the runner can still wait for it. */
const observed = ({ creating, emit }: Runner, run: Run) => {
  const ends = (event: QueueEvent): boolean => event._tag !== "Upload" || event.event._tag !== "Opened"
  return (event: QueueEvent): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (ends(event)) creating.delete(run.upload)
      else creating.add(run.upload)
      return event._tag === "Paused" || event._tag === "Unpaused" ? Effect.void : emit(event)
    })
}

/** Writes what an upload could not record. A repetition of the activity would not know it. */
const catchUp = (
  { journal }: Runner,
  { upload }: Run,
  owner: Owner,
  { changes, error }: Unrecorded,
): Effect.Effect<void, JournalError> => {
  if (error._tag === "JournalFenced" || changes.length === 0) return Effect.fail(error)
  const exists = journal.get(upload).pipe(
    Effect.map((record) => record !== undefined),
    Effect.orElseSucceed(() => true),
  )
  return owner.write(...changes).pipe(
    Effect.retry({
      schedule: Schedule.spaced(catchUpAfter),
      while: (failure) => (failure._tag === "JournalFenced" ? Effect.succeed(false) : exists),
    }),
  )
}

/** The limits of an upload, under which a process that was suspended begins no attempt before it has checked its uploads. */
const passing = ({ limits, suspension }: Runner, id: string, urgent: boolean): SharedLimits => {
  const { pace, slot } = limits(id, urgent)
  return {
    pace,
    slot: (attempt, bytes) => {
      const passed = Effect.andThen(suspension.pass, attempt)
      return slot === undefined ? passed : slot(passed, bytes)
    },
  }
}

/** Sends the upload as its owner. Afterwards the upload is over, or another repetition is needed. */
const send = (
  runner: Runner,
  run: Run,
  isBegun: boolean,
  isCanceled: () => boolean,
): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { admitted, clients, creating, describe, emit, journal, options, parallel, suspension } = runner
    const { device, upload: id } = run
    yield* admitted
    const found = yield* clients.of(device).pipe(
      Effect.tapError(({ message }) => Effect.logWarning(message, { upload: id })),
      Effect.retry({ while: ({ _tag }) => _tag === "DeviceUnavailable", schedule: Schedule.spaced(clientsAfter) }),
      Effect.result,
    )
    const owner = yield* journal.ownUpload(id)
    if (found._tag === "Failure") {
      yield* owner.write({ _tag: "Failed", id, error: describe(found.failure) })
      const record = yield* journal.get(id)
      if (record !== undefined) yield* emit({ _tag: "Refused", record, error: found.failure })
      return
    }
    const watched: Owner = {
      epoch: owner.epoch,
      // Another runner may have sent the part that this write allows to send.
      write: (...changes) => Effect.andThen(owner.write(...changes), suspension.pass),
    }
    const drain: OneUpload.Drain = {
      journal,
      upload: Context.get(found.success, Uploader).upload,
      record: Context.get(found.success, RealtimeUploader).upload,
      describe,
      owner: watched,
      options,
      emit: observed(runner, run),
    }
    const job = {
      id,
      limits: passing(runner, id, isBegun),
      parallel,
      waiting: () => undefined,
      isCanceled,
      onProgress: () => {},
    }
    const sent = yield* OneUpload.run(drain, job).pipe(
      Effect.map((unrecorded) => ({ unrecorded })),
      Effect.raceFirst(Effect.as(suspension.next, undefined)),
      Effect.raceFirst(Effect.as(lost(run), { unrecorded: undefined })),
      Effect.ensuring(Effect.sync(() => creating.delete(id))),
    )
    if (sent === undefined) {
      // Fails if another runner has taken the upload. Otherwise the activity continues it.
      return yield* owner.write({
        _tag: "Event",
        id,
        kind: "suspended",
        detail: "the process did not run for some time",
      })
    }
    if (sent.unrecorded !== undefined) yield* catchUp(runner, run, owner, sent.unrecorded)
  }).pipe(Effect.scoped)

/** Sends the upload when the lanes of the runner admit it, until it has ended or the user cancels it. */
const once = (runner: Runner, run: Run, begun: UploadRecord): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { emit, journal, lanes } = runner
    const { upload: id } = run
    let isCanceled = false
    const isBegun = begun.assetId !== undefined
    const sending = send(runner, run, isBegun, () => isCanceled)
    yield* Effect.raceFirst(
      isBegun ? lanes.resume(sending) : lanes.begin(sending),
      Effect.map(canceled(runner, run), () => {
        isCanceled = true
      }),
    )
    const record = yield* Persistence.current(runner, run)
    if (!isCanceled || record === undefined) return
    // It had no lane yet.
    const owner = yield* journal.ownUpload(id)
    yield* owner.write({ _tag: "Canceled", id })
    yield* emit({ _tag: "Canceled", record: (yield* journal.get(id)) ?? record })
  }).pipe(Effect.scoped)

/** Sends the upload until it has ended. */
export const run = (runner: Runner, run: Run): Effect.Effect<void> => {
  const repeated: Effect.Effect<void> = Effect.flatMap(
    Persistence.persistently(runner, run, true, (record) => Effect.as(once(runner, run, record), false)),
    (isOver) => (isOver ? Effect.void : Effect.suspend(() => repeated)),
  )
  return repeated
}
