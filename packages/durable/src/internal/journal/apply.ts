/**
 * Applies one change of the owner to the rows of an upload.
 */
import type { Chunk } from "@holdfast/c2c/ChunkPlan"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { PartRecord, UploadRecord } from "../../UploadRecord.ts"
import type { Run } from "./access.ts"
import type { UploadEntry } from "./records.ts"
import * as Tables from "./tables.ts"
import type { Change } from "./types.ts"

const noAsset = { assetId: undefined, serverTime: undefined, chunks: undefined, chunkSize: undefined, confirmed: 0 }

/** What a confirmed part shows about the size of a recording. The number of parts is 0 until the recording has ended. */
const grown = ({ file, quietMillis }: UploadRecord, { length, offset }: Chunk): Partial<UploadRecord> =>
  quietMillis === undefined || offset + length <= file.bytes
    ? {}
    : { file: { ...file, bytes: offset + length }, chunks: 0 }

/** When, and in which epoch, a change is applied. */
export interface Moment {
  readonly epoch: number
  readonly now: number
}

/** Writes the rows of a change except the upload's own row, and returns the updated upload. */
export const apply = (
  run: Run,
  entry: UploadEntry,
  change: Change,
  moment: Moment,
): Effect.Effect<UploadEntry, SqlError> =>
  change._tag === "PartConfirmed"
    ? Effect.map(confirm(run, entry, change.part, moment), (after) => next(after, change, moment))
    : Effect.map(rows(run, entry, change, moment), () => next(entry, change, moment))

/** Writes the rows of a change that do not depend on the upload's own row. */
const rows = (run: Run, entry: UploadEntry, change: Change, { now }: Moment): Effect.Effect<void, SqlError> => {
  const { seq, state } = entry.record
  const event = (detail: string) => Tables.addEvent(run, seq, now, change._tag, detail)
  switch (change._tag) {
    case "Created":
      return Effect.andThen(
        Tables.forget(run, seq),
        Effect.andThen(Tables.putAsset(run, seq, change.asset), event(`asset ${change.asset.assetId}`)),
      )
    case "Resumed":
      return event(`${entry.record.confirmed} bytes confirmed before, ${change.resentBytes} bytes sent again`)
    case "PartSending":
      return Effect.flatMap(Tables.part(run, entry, change.chunk.index), (found) =>
        found?.state === "confirmed" ? Effect.void : Tables.putPart(run, entry, { ...change.chunk, state: "sending" }),
      )
    case "Ended":
      return event(`${change.file.bytes} bytes in ${change.chunks} parts`)
    case "Done":
      return Effect.andThen(Tables.forgetSecret(run, seq), event(`${entry.record.file.bytes} bytes`))
    case "Failed":
    case "Uncertain":
      return event(`${change.error.tag}: ${change.error.message}`)
    case "Canceled":
      return Effect.andThen(Tables.forget(run, seq), event(`was ${state}`))
    case "Requeued":
      return Effect.andThen(
        change.fresh ? Tables.forget(run, seq) : Effect.void,
        event(change.fresh ? `was ${state}; begins with a new asset` : `was ${state}`),
      )
    case "Event":
      return Tables.addEvent(run, seq, now, change.kind, change.detail)
    default:
      return Effect.void
  }
}

/** Records a confirmed part, and counts its bytes unless they were counted before. */
const confirm = (
  run: Run,
  entry: UploadEntry,
  part: (Change & { _tag: "PartConfirmed" })["part"],
  { now }: Moment,
): Effect.Effect<UploadEntry, SqlError> =>
  Effect.gen(function* () {
    const before = yield* Tables.part(run, entry, part.index)
    const { index, length, md5, offset, proof } = part
    const after: PartRecord = { index, offset, length, md5, proof, state: "confirmed", confirmedAt: now }
    yield* Tables.putPart(run, entry, after)
    const counted = before?.state === "confirmed" ? before.length : 0
    return { ...entry, record: { ...entry.record, confirmed: entry.record.confirmed + length - counted } }
  })

const next = (entry: UploadEntry, change: Change, { epoch, now }: Moment): UploadEntry => {
  const { record } = entry
  const set = (fields: Partial<UploadRecord>): UploadRecord => ({ ...record, ...fields, changedAt: now })
  const begun = { ...entry, begunEpoch: epoch }
  const progress = { ...entry, progressEpoch: epoch }
  switch (change._tag) {
    case "Creating":
      return { ...begun, record: set({ state: "creating", file: change.file }) }
    case "NotCreated":
      return { ...entry, record: set({ state: record.assetId === undefined ? "queued" : "sending" }) }
    case "Created": {
      const { asset, chunks, chunkSize } = change
      const { assetId, file, serverTime } = asset
      const fields = { assetId, file, serverTime, chunks, chunkSize, confirmed: 0, crashes: 0 }
      return { ...progress, begunEpoch: epoch, record: set({ state: "sending", ...fields }) }
    }
    case "Resumed":
      // A recording may wait for its recorder after this step, so a stop of the process is not its fault.
      return {
        ...(record.quietMillis === undefined ? begun : entry),
        record: set({ state: "sending", resumed: true, resentBytes: change.resentBytes }),
      }
    case "PartSending":
      // The upload's row changes only once an epoch, because each part begins with this change.
      return record.state === "sending" && entry.begunEpoch === epoch
        ? entry
        : { ...begun, record: set({ state: "sending" }) }
    case "PartConfirmed":
      return { ...progress, record: set({ crashes: 0, ...grown(record, change.part) }) }
    case "Ended":
      return { ...begun, record: set({ file: change.file, chunks: change.chunks }) }
    case "Done":
      return { ...entry, record: set({ state: "done", error: undefined, wanted: undefined, crashes: 0 }) }
    case "Failed":
    case "Uncertain": {
      const state = change._tag === "Failed" ? "failed" : "uncertain"
      const failures = record.failures + (record.state === state ? 0 : 1)
      return { ...entry, record: set({ state, error: change.error, failures, wanted: undefined }) }
    }
    case "Canceled":
      return { ...entry, record: set({ ...noAsset, state: "canceled", wanted: undefined }) }
    case "Requeued": {
      const { createAgain, fresh } = change
      const fields = { createAgain, error: undefined, wanted: undefined, crashes: 0 }
      const asset = fresh ? { ...noAsset, resumed: false } : {}
      return { ...entry, record: set({ state: "queued", ...fields, ...asset }) }
    }
    case "Rerun":
      return { ...entry, record: set({ run: change.run }) }
    case "Event":
      return entry
  }
}
