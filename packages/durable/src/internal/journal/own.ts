/**
 * Takes ownership of the queue, and accounts for what the last owner left behind.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { UploadRecord } from "../../UploadRecord.ts"
import type { Run } from "./access.ts"
import type { UploadEntry } from "./records.ts"
import * as Tables from "./tables.ts"
import { dropDamagedParts } from "./verify.ts"

/** Begins a new epoch in a transaction, and returns it. `atLeast` is the last epoch that is known from other sources. */
export const begin = (run: Run, atLeast: number): Effect.Effect<number, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const last = yield* Tables.lease(run, "queue")
    const epoch = Math.max(last?.epoch ?? 0, atLeast) + 1
    const crashed = last !== undefined && !last.released
    for (const before of yield* Tables.uploads(run)) {
      const entry = yield* dropDamagedParts(run, before)
      const record = resume(entry, crashed)
      if (record !== before.record) yield* Tables.putUpload(run, { ...entry, record: { ...record, changedAt: now } })
    }
    yield* Tables.putLease(run, "queue", { epoch, batch: 0, released: false, since: now })
    return epoch
  })

/**
 * Begins a new epoch of one upload in a transaction, and returns it, or `undefined` if the upload is not in the journal.
 */
export const beginUpload = (
  run: Run,
  lease: string,
  id: string,
): Effect.Effect<number | undefined, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const before = yield* Tables.uploadById(run, id)
    if (before === undefined) return undefined
    const now = yield* Clock.currentTimeMillis
    const last = yield* Tables.lease(run, lease)
    const { begunEpoch, progressEpoch } = before
    const epoch = Math.max(last?.epoch ?? 0, begunEpoch, progressEpoch) + 1
    const entry = yield* dropDamagedParts(run, before)
    const record = resume(entry, last !== undefined && !last.released)
    if (record !== before.record) yield* Tables.putUpload(run, { ...entry, record: { ...record, changedAt: now } })
    yield* Tables.putLease(run, lease, { epoch, batch: 0, released: false, since: now })
    return epoch
  })

/**
 * Records that the owner ended in an orderly way, so that its uploads count no crash. `completed` tells whether the owner
 * reached its end, and therefore reported what it did, or was interrupted.
 */
export const release = (
  run: Run,
  epoch: number,
  completed: boolean,
): Effect.Effect<void, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const lease = yield* Tables.lease(run, "queue")
    if (lease?.epoch !== epoch) return
    yield* Tables.putLease(run, "queue", { ...lease, batch: lease.batch + 1, released: true })
    if (completed) yield* Tables.putMeta(run, completedEpoch, String(epoch))
  })

/** The name under which the epoch of the last owner that reached its end is stored. */
const completedEpoch = "completed"

/** Returns the uploads that are done since the last owner that reached its end. */
export const unreported = (run: Run): Effect.Effect<ReadonlySet<string>, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const completed = Number((yield* Tables.meta(run, completedEpoch)) ?? 0)
    const entries = yield* Tables.uploads(run)
    const done = entries.filter(({ begunEpoch, record }) => record.state === "done" && begunEpoch > completed)
    return new Set(done.map(({ record }) => record.id))
  })

/** Returns an upload as the next owner finds it. */
const resume = ({ begunEpoch, progressEpoch, record }: UploadEntry, crashed: boolean): UploadRecord => {
  if (record.state !== "creating" && record.state !== "sending") return record
  const crashes = crashed && progressEpoch < begunEpoch ? record.crashes + 1 : record.crashes
  if (record.state === "sending") return crashes === record.crashes ? record : { ...record, crashes }
  if (!record.createAgain) return { ...record, crashes, state: "uncertain" }
  return { ...record, crashes, state: record.assetId === undefined ? "queued" : "sending" }
}
