/**
 * Checks a whole journal when it is opened.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { PartRecord, UploadRecord } from "../../UploadRecord.ts"
import type { Access, Run } from "./access.ts"
import type { UploadEntry } from "./records.ts"
import * as Migrate from "./migrate.ts"
import * as Tables from "./tables.ts"

/** What a whole journal contains. */
export interface Verified {
  /** The state of the database that was read. */
  readonly version: string
  readonly records: ReadonlyArray<UploadRecord>
  /** The number of damaged parts, which only need to be sent again. */
  readonly damagedParts: number
}

/** Reads the whole journal, and fails if it is damaged. */
export const journal = ({ dialect }: Access, run: Run): Effect.Effect<Verified, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    if (dialect === "sqlite") {
      const [first] = yield* run("PRAGMA integrity_check(1)", [])
      if (first?.[0] !== "ok") return yield* new Tables.RowDamaged({ what: "the structure of the file" })
      yield* Migrate.checkShape(run)
    }
    for (const name of ["id", "machine", "paused"]) yield* Tables.meta(run, name)
    for (const name of ["queue", "others"]) yield* Tables.lease(run, name)
    const version = yield* Tables.version(run, dialect)
    const entries = yield* Tables.uploads(run)
    let damagedParts = 0
    for (const entry of entries) {
      if (!hasParts(entry)) continue
      const found = yield* Tables.parts(run, entry)
      // A part whose key is damaged is not found, but its bytes are missing.
      damagedParts += Math.max(found.damaged.length, confirmedBytes(found.parts) === entry.record.confirmed ? 0 : 1)
    }
    return { version, records: entries.map(({ record }) => record), damagedParts }
  })

/** Deletes the damaged parts of an upload, and returns the upload with the bytes of the other parts. */
export const dropDamagedParts = (run: Run, entry: UploadEntry): Effect.Effect<UploadEntry, SqlError> =>
  Effect.gen(function* () {
    if (!hasParts(entry)) return entry
    const { damaged, parts } = yield* Tables.parts(run, entry)
    for (const index of damaged) yield* Tables.removePart(run, entry, index)
    const confirmed = confirmedBytes(parts)
    return confirmed === entry.record.confirmed ? entry : { ...entry, record: { ...entry.record, confirmed } }
  })

const confirmedBytes = (parts: ReadonlyArray<PartRecord>): number =>
  parts.reduce((sum, part) => sum + (part.state === "confirmed" ? part.length : 0), 0)

/** Whether the parts of an upload still matter. */
const hasParts = ({ record: { assetId, state } }: UploadEntry): boolean =>
  assetId !== undefined && state !== "done" && state !== "canceled"
