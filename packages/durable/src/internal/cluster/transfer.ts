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
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Owner } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import * as OneUpload from "../queue/oneUpload.ts"
import type { QueueEvent } from "../queue/types.ts"
import type { Unrecorded } from "../resume/session.ts"
import * as Persistence from "./persistence.ts"
import type { Run, Runner } from "./types.ts"

/** How often a runner looks whether the user canceled an upload that it is sending. */
const lookEvery = "1 second"

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

/** Sends the upload as its owner. Afterwards the upload is over, or another repetition is needed. */
const send = (runner: Runner, run: Run, isCanceled: () => boolean): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { admitted, clients, creating, describe, emit, journal, limits, options, parallel } = runner
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
    const drain: OneUpload.Drain = {
      journal,
      upload: Context.get(found.success, Uploader).upload,
      record: Context.get(found.success, RealtimeUploader).upload,
      describe,
      owner,
      options,
      emit: observed(runner, run),
    }
    const job = { id, limits: limits(id), parallel, waiting: () => undefined, isCanceled, onProgress: () => {} }
    const unrecorded = yield* Effect.ensuring(
      OneUpload.run(drain, job),
      Effect.sync(() => creating.delete(id)),
    )
    if (unrecorded !== undefined) yield* catchUp(runner, run, owner, unrecorded)
  }).pipe(Effect.scoped)

/** Sends the upload in a lane of the runner, until it has ended or the user cancels it. */
const once = (runner: Runner, run: Run): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { emit, journal, lanes } = runner
    const { upload: id } = run
    let isCanceled = false
    yield* Effect.raceFirst(
      lanes.withPermit(send(runner, run, () => isCanceled)),
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
    Persistence.persistently(runner, run, true, () => Effect.as(once(runner, run), false)),
    (isOver) => (isOver ? Effect.void : Effect.suspend(() => repeated)),
  )
  return repeated
}
