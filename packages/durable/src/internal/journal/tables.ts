/**
 * Reads and writes the rows of the journal. The statements are the same on SQLite and PostgreSQL.
 */
import type { PartRecord, UploadEventRecord } from "../../UploadRecord.ts"
import type { SavedAsset } from "@holdfast/c2c/UploadSession"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Run } from "./access.ts"
import * as Records from "./records.ts"
import type { UploadEntry } from "./records.ts"
import * as Rows from "./rows.ts"
import type { Row, Table } from "./rows.ts"

/** A row has a wrong checksum. `what` names the row. */
export class RowDamaged extends Data.TaggedError("RowDamaged")<{ readonly what: string }> {}

type Reading<A> = Effect.Effect<A, SqlError | RowDamaged>
type Writing = Effect.Effect<void, SqlError>

/**
 * The number of rows that one statement writes or deletes where many are written. A transaction of 10 000 rows would
 * otherwise keep the other writers of a PostgreSQL on another machine waiting for longer than they wait.
 */
const many = 100

/** Returns the statement that inserts rows, or replaces the rows with the same keys. */
const upsert = ({ columns, name }: Table, key: ReadonlyArray<string>, rows = 1): string => {
  const all = [...columns, "sum"]
  const set = all.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
  const values = repeated(`(${repeated("?", all.length)})`, rows)
  return `INSERT INTO ${name} (${all.join(", ")}) VALUES ${values} ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set.join(", ")}`
}

const repeated = (text: string, times: number): string => Array.from({ length: times }, () => text).join(", ")

const select = ({ columns, name }: Table, rest: string): string =>
  `SELECT ${[...columns, "sum"].join(", ")} FROM ${name} ${rest}`

const text = {
  uploads: select(Rows.upload, "ORDER BY seq"),
  uploadById: select(Rows.upload, "WHERE id = ?"),
  // The order is that of `Lanes.order`.
  urgent: select(Rows.upload, "WHERE state IN ('creating', 'sending') OR wanted IS NOT NULL ORDER BY seq"),
  waiting: select(
    Rows.upload,
    "WHERE state = 'queued' AND wanted IS NULL ORDER BY crashes, priority DESC, seq LIMIT ?",
  ),
  putUpload: upsert(Rows.upload, ["seq"]),
  putUploads: upsert(Rows.upload, ["seq"], many),
  usedIds: `SELECT id FROM upload WHERE id IN (${repeated("?", many)})`,
  lastSeq: "SELECT COALESCE(MAX(seq), 0) FROM upload",
  parts: select(Rows.part, "WHERE upload = ? ORDER BY n"),
  part: select(Rows.part, "WHERE upload = ? AND n = ?"),
  putPart: upsert(Rows.part, ["upload", "n"]),
  deletePart: "DELETE FROM part WHERE upload = ? AND n = ?",
  secret: select(Rows.secret, "WHERE upload = ?"),
  putSecret: upsert(Rows.secret, ["upload"]),
  events: select(Rows.event, "WHERE upload = ? ORDER BY n"),
  lastEvent: "SELECT COALESCE(MAX(n), 0) FROM event WHERE upload = ?",
  putEvent: upsert(Rows.event, ["upload", "n"]),
  pruneEvents: "DELETE FROM event WHERE upload = ? AND n <= ?",
  lease: select(Rows.lease, "WHERE name = ?"),
  putLease: upsert(Rows.lease, ["name"]),
  meta: select(Rows.meta, "WHERE name = ?"),
  putMeta: upsert(Rows.meta, ["name"]),
}

/** The number of events that are kept for each upload. */
const keptEvents = 1000

const checked = <A>(table: Table, what: string, decode: (row: Row) => A) =>
  Effect.fnUntraced(function* (rows: ReadonlyArray<ReadonlyArray<unknown>>) {
    const first = rows[0]
    if (first === undefined) return undefined
    const row = Rows.unseal(table, first)
    return row === undefined ? yield* new RowDamaged({ what }) : decode(row)
  })

/** Returns all uploads in the order in which they were added. */
export const uploads = (run: Run): Reading<ReadonlyArray<UploadEntry>> => uploadsOf(run(text.uploads, []))

const uploadsOf = (read: ReturnType<Run>): Reading<ReadonlyArray<UploadEntry>> =>
  Effect.flatMap(read, (rows) => {
    const entries: Array<UploadEntry> = []
    for (const read of rows) {
      const row = Rows.unseal(Rows.upload, read)
      if (row === undefined) return Effect.fail(new RowDamaged({ what: "the record of an upload" }))
      entries.push(Records.toEntry(row))
    }
    return Effect.succeed(entries)
  })

/** The begun uploads, those with a request, and the first `most` of the others that wait. */
export const nextUploads = (run: Run, most: number): Reading<ReadonlyArray<UploadEntry>> =>
  Effect.zipWith(uploadsOf(run(text.urgent, [])), uploadsOf(run(text.waiting, [most])), (urgent, waiting) => [
    ...urgent,
    ...waiting,
  ])

export const uploadById = (run: Run, id: string): Reading<UploadEntry | undefined> =>
  Effect.flatMap(
    run(text.uploadById, [Rows.encodeText(id)]),
    checked(Rows.upload, `the record of the upload ${id}`, Records.toEntry),
  )

/** Returns those of the uploads that are in the journal. */
export const uploadsByIds = (run: Run, ids: ReadonlySet<string>): Reading<ReadonlyArray<UploadEntry>> =>
  ids.size > many
    ? Effect.map(uploads(run), (entries) => entries.filter(({ record }) => ids.has(record.id)))
    : Effect.map(
        Effect.forEach(ids, (id) => uploadById(run, id)),
        (found) => found.filter((entry) => entry !== undefined),
      )

export const putUpload = (run: Run, entry: UploadEntry): Writing =>
  Effect.asVoid(run(text.putUpload, Rows.seal(Rows.upload, Records.fromEntry(entry))))

/** Calls `all` with each 100 items, and `one` with each of the other items. */
const inBatches = <A>(
  items: ReadonlyArray<A>,
  all: (batch: ReadonlyArray<A>) => Effect.Effect<unknown, SqlError>,
  one: (item: A) => Effect.Effect<unknown, SqlError>,
): Writing =>
  Effect.gen(function* () {
    const batches = Math.floor(items.length / many)
    for (let n = 0; n < batches; n++) yield* all(items.slice(n * many, (n + 1) * many))
    for (const item of items.slice(batches * many)) yield* one(item)
  })

export const putUploads = (run: Run, entries: ReadonlyArray<UploadEntry>): Writing =>
  inBatches(
    entries,
    (batch) =>
      run(
        text.putUploads,
        batch.flatMap((entry) => Rows.seal(Rows.upload, Records.fromEntry(entry))),
      ),
    (entry) => putUpload(run, entry),
  )

/** Returns the identifiers among the given ones that uploads have. */
export const usedIds = (run: Run, ids: ReadonlyArray<string>): Effect.Effect<ReadonlySet<string>, SqlError> =>
  Effect.gen(function* () {
    const used = new Set<string>()
    const collect = Effect.map((rows: ReadonlyArray<ReadonlyArray<unknown>>) => {
      for (const [id] of rows) used.add(Rows.decodeText(String(id)))
    })
    yield* inBatches(
      ids,
      (batch) => collect(run(text.usedIds, batch.map(Rows.encodeText))),
      (id) => collect(run("SELECT id FROM upload WHERE id = ?", [Rows.encodeText(id)])),
    )
    return used
  })

export const lastSeq = (run: Run): Effect.Effect<number, SqlError> =>
  Effect.map(run(text.lastSeq, []), (rows) => Number(rows[0]?.[0] ?? 0))

export const countUploads = (run: Run): Effect.Effect<number, SqlError> =>
  Effect.map(run("SELECT COUNT(*) FROM upload", []), (rows) => Number(rows[0]?.[0] ?? 0))

/** Deletes uploads with everything that belongs to them. */
export const removeUploads = (run: Run, seqs: ReadonlyArray<number>): Writing =>
  Effect.forEach(
    ["part WHERE upload", "secret WHERE upload", "event WHERE upload", "upload WHERE seq"],
    (rows) =>
      inBatches(
        seqs,
        (batch) => run(`DELETE FROM ${rows} IN (${repeated("?", many)})`, batch),
        (seq) => run(`DELETE FROM ${rows} = ?`, [seq]),
      ),
    { discard: true },
  )

/** Deletes the parts and the upload URLs of an upload. */
export const forget = (run: Run, seq: number): Writing =>
  Effect.andThen(run("DELETE FROM part WHERE upload = ?", [seq]), forgetSecret(run, seq))

export const forgetSecret = (run: Run, seq: number): Writing =>
  Effect.asVoid(run("DELETE FROM secret WHERE upload = ?", [seq]))

/** The checksum of a part includes the asset, so that a part of another asset is never used. */
const partContext = ({ record }: UploadEntry): string => record.assetId ?? ""

/** Returns the parts of an upload, and the indexes of the parts whose records are damaged. */
export const parts = (
  run: Run,
  upload: UploadEntry,
): Effect.Effect<{ readonly parts: ReadonlyArray<PartRecord>; readonly damaged: ReadonlyArray<unknown> }, SqlError> =>
  Effect.map(run(text.parts, [upload.record.seq]), (rows) => {
    const parts: Array<PartRecord> = []
    const damaged: Array<unknown> = []
    for (const read of rows) {
      const row = Rows.unseal(Rows.part, read, partContext(upload))
      if (row === undefined) damaged.push(read[1])
      else parts.push(Records.toPart(row))
    }
    return { parts, damaged }
  })

/** Returns one part, or `undefined` if the part is not recorded or its record is damaged. */
export const part = (run: Run, upload: UploadEntry, index: number): Effect.Effect<PartRecord | undefined, SqlError> =>
  Effect.map(run(text.part, [upload.record.seq, index]), ([read]) => {
    const row = read === undefined ? undefined : Rows.unseal(Rows.part, read, partContext(upload))
    return row === undefined ? undefined : Records.toPart(row)
  })

export const putPart = (run: Run, upload: UploadEntry, part: PartRecord): Writing =>
  Effect.asVoid(run(text.putPart, Rows.seal(Rows.part, Records.fromPart(upload.record.seq, part), partContext(upload))))

export const removePart = (run: Run, upload: UploadEntry, index: unknown): Writing =>
  Effect.asVoid(run(text.deletePart, [upload.record.seq, index]))

/** Returns the asset of an upload, or `undefined` if its upload URLs are not recorded or their record is damaged. */
export const asset = (run: Run, { record }: UploadEntry): Effect.Effect<SavedAsset | undefined, SqlError> =>
  Effect.map(run(text.secret, [record.seq]), ([read]) => {
    const row = read === undefined ? undefined : Rows.unseal(Rows.secret, read, record.assetId)
    return row === undefined ? undefined : Records.toAsset(record, row)
  })

export const putAsset = (run: Run, seq: number, asset: SavedAsset): Writing =>
  Effect.asVoid(run(text.putSecret, Rows.seal(Rows.secret, Records.fromAsset(seq, asset), asset.assetId)))

/** Returns the events of an upload. Damaged events are left out. */
export const events = (run: Run, { record }: UploadEntry): Effect.Effect<ReadonlyArray<UploadEventRecord>, SqlError> =>
  Effect.map(run(text.events, [record.seq]), (rows) =>
    rows.flatMap((read) => {
      const row = Rows.unseal(Rows.event, read)
      return row === undefined ? [] : [Records.toEvent(record.id, row)]
    }),
  )

export const addEvent = (run: Run, seq: number, at: number, kind: string, detail: string): Writing =>
  Effect.gen(function* () {
    const n = Number((yield* run(text.lastEvent, [seq]))[0]?.[0] ?? 0) + 1
    yield* run(text.putEvent, Rows.seal(Rows.event, Records.fromEvent(seq, { seq: n, at, kind, detail })))
    if (n > keptEvents) yield* run(text.pruneEvents, [seq, n - keptEvents])
  })

/** The ownership of the queue, and the number of the last transaction of each kind of writer. */
export interface Lease {
  readonly epoch: number
  /**
   * The number of transactions in this epoch. This number shows whether a transaction is in the journal after a failed
   * COMMIT.
   */
  readonly batch: number
  /** Whether the owner shut down cleanly. */
  readonly released: boolean
  readonly since: number
}

export const lease = (run: Run, name: string): Reading<Lease | undefined> =>
  Effect.flatMap(
    run(text.lease, [name]),
    checked(Rows.lease, "the record of the owner", ([, epoch, batch, released, since]) => ({
      epoch: Number(epoch),
      batch: Number(batch),
      released: released === 1,
      since: Number(since),
    })),
  )

export const putLease = (run: Run, name: string, { batch, epoch, released, since }: Lease): Writing =>
  Effect.asVoid(run(text.putLease, Rows.seal(Rows.lease, [name, epoch, batch, released ? 1 : 0, since])))

export const removeLeases = (run: Run, names: ReadonlyArray<string>): Writing =>
  inBatches(
    names,
    (batch) => run(`DELETE FROM lease WHERE name IN (${repeated("?", many)})`, batch),
    (name) => run("DELETE FROM lease WHERE name = ?", [name]),
  )

export const meta = (run: Run, name: string): Reading<string | undefined> =>
  Effect.flatMap(
    run(text.meta, [name]),
    checked(Rows.meta, `the setting ${name}`, ([, value]) => Rows.decodeText(String(value))),
  )

export const putMeta = (run: Run, name: string, value: string): Writing =>
  Effect.asVoid(run(text.putMeta, Rows.seal(Rows.meta, [name, Rows.encodeText(value)])))

/**
 * Returns a string that changes with each transaction of another connection, and on PostgreSQL also with each transaction of
 * this one.
 */
export const version = (run: Run, dialect: "sqlite" | "pg"): Effect.Effect<string, SqlError> =>
  Effect.map(
    run(dialect === "sqlite" ? "PRAGMA data_version" : "SELECT SUM(epoch), SUM(batch) FROM lease", []),
    (rows) => JSON.stringify(rows[0]),
  )

/** Copies the WAL of SQLite to the database and empties it, if no other process is reading it. */
export const emptyLog = (run: Run, dialect: "sqlite" | "pg"): Effect.Effect<void, SqlError> =>
  dialect === "sqlite" ? Effect.asVoid(run("PRAGMA wal_checkpoint(TRUNCATE)", [])) : Effect.void
