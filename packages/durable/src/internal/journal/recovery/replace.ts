/**
 * Sets a damaged journal aside, and replaces it with a new journal that contains the readable rows.
 *
 * **Details**
 *
 * The damaged files stay beside the new journal. They are copied and not renamed, and the new journal is complete before the
 * damaged one is removed, so a stop at any point loses nothing. A marker file exists during the whole replacement. A process
 * that finds the marker after a transaction repeats the transaction, because the copy may not contain it. The content of the
 * marker shows that the last steps have begun: an old WAL beside a new journal, or an old journal without its WAL, would be
 * treated as a valid state.
 */
import { loadSqlite } from "@holdfast/oauth/ProcessLock"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { sync } from "../folder.ts"
import * as Rows from "../rows.ts"
import type { Row, Table } from "../rows.ts"
import * as Schema from "../schema.ts"
import * as Salvage from "./salvage.ts"
import type { Salvaged } from "./salvage.ts"

/** The result of a recovery. */
export interface Recovered {
  readonly setAside: string
  readonly recovered: number
  readonly lost: number
}

/** What is known about the journal from other sources. */
export interface Known {
  readonly epoch: number
  readonly uploads: number
  readonly id: string | undefined
}

const fresh = (file: string) => Path.join(Path.dirname(file), "journal.new.db")
const marker = (file: string) => Path.join(Path.dirname(file), "journal.replacing")

/**
 * Recovers a damaged journal. The caller holds the lock of the owner. Throws errors from the operating system and from
 * SQLite.
 */
export const recover = (file: string, time: string, known: Known): Recovered => {
  durable(marker(file), "")
  syncFolder(file)
  const setAside = unused(Path.join(Path.dirname(file), `journal.damaged-${time}`))
  copy(file, setAside)
  syncFolder(file)
  const rows = salvage(setAside, file)
  const kept = build(fresh(file), rows, known)
  const report: Recovered = {
    setAside,
    recovered: kept,
    lost: Math.max(rows.damaged.size, known.uploads - rows.uploads.size, 0),
  }
  durable(marker(file), JSON.stringify(report))
  syncFolder(file)
  finish(file)
  return report
}

/**
 * Finishes a recovery that was stopped. The caller holds the lock of the owner. Returns what the recovery has done, or `undefined`
 * if it was stopped before its last steps and must begin again.
 */
export const finish = (file: string): Recovered | undefined => {
  if (!Fs.existsSync(marker(file))) return undefined
  const report = readReport(file)
  if (report !== undefined && Fs.existsSync(fresh(file))) {
    for (const suffix of ["-wal", "-shm"]) Fs.rmSync(file + suffix, { force: true })
    syncFolder(file)
    Fs.renameSync(fresh(file), file)
    syncFolder(file)
  }
  Fs.rmSync(marker(file), { force: true })
  syncFolder(file)
  return report
}

/** A marker that was only partly written means that the recovery had not begun its last steps. */
const readReport = (file: string): Recovered | undefined => {
  try {
    return JSON.parse(Fs.readFileSync(marker(file), "utf8")) as Recovered
  } catch {
    return undefined
  }
}

/** Whether another process is replacing the journal, or was stopped while doing so. */
export const isReplacing = (file: string): boolean => Fs.existsSync(marker(file))

const unused = (base: string): string => {
  let name = `${base}.db`
  for (let n = 2; Fs.existsSync(name); n++) name = `${base}-${n}.db`
  return name
}

const copy = (from: string, to: string): void => {
  for (const suffix of ["", "-wal"]) {
    if (Fs.existsSync(from + suffix)) durable(to + suffix, Fs.readFileSync(from + suffix))
  }
}

const durable = (file: string, content: string | Uint8Array): void => {
  const handle = Fs.openSync(file, "w", 0o600)
  try {
    Fs.writeFileSync(handle, content)
    Fs.fsyncSync(handle)
  } finally {
    Fs.closeSync(handle)
  }
}

const syncFolder = (file: string): void => sync(Path.dirname(file))

/** Reads the rows from copies of the damaged files, because SQLite changes the files that it reads. */
const salvage = (setAside: string, file: string): Salvaged => {
  const rows: Salvaged = {
    meta: new Map(),
    lease: new Map(),
    uploads: new Map(),
    parts: new Map(),
    secrets: new Map(),
    events: new Map(),
    damaged: new Set(),
  }
  const scratch = Path.join(Path.dirname(file), "journal.scratch.db")
  const empty = Path.join(Path.dirname(file), "journal.empty.db")
  try {
    copy(setAside, scratch)
    Salvage.read(scratch, rows)
    discard(scratch)
    create(empty).close()
    copy(setAside, scratch)
    Salvage.replaceFirstPage(scratch, empty)
    Salvage.read(scratch, rows)
    return rows
  } finally {
    discard(scratch)
    discard(empty)
  }
}

const discard = (file: string): void => {
  for (const suffix of ["", "-wal", "-shm"]) Fs.rmSync(file + suffix, { force: true })
}

const create = (file: string) => {
  discard(file)
  const sqlite = loadSqlite()
  if (sqlite === undefined) throw new Error("this build of Node.js has no node:sqlite")
  Fs.closeSync(Fs.openSync(file, "wx", 0o600))
  const database = new sqlite.DatabaseSync(file)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
  for (const statement of Schema.migrations("sqlite").flat()) database.exec(statement)
  database.exec("COMMIT")
  return database
}

/** Writes the rows to a new journal. Returns the number of uploads and parts. */
const build = (file: string, rows: Salvaged, known: Known): number => {
  const database = create(file)
  try {
    const insert = (table: Table, row: Row, context?: string) => {
      const values = Rows.seal(table, row, context)
      const columns = [...table.columns, "sum"].join(", ")
      const marks = values.map(() => "?").join(", ")
      database.prepare(`INSERT INTO ${table.name} (${columns}) VALUES (${marks})`).run(...values)
    }
    database.exec("BEGIN IMMEDIATE")
    const id = rows.meta.has("id") || known.id === undefined ? [] : [["id", ["id", known.id]] as const]
    for (const [name, row] of [...rows.meta, ...id]) if (name !== "schema" && name !== "shape") insert(Rows.meta, row)
    insert(Rows.meta, ["schema", String(Schema.version)])
    const described = database.prepare(Schema.shapeQuery)
    described.setReturnArrays(true)
    insert(Rows.meta, ["shape", Schema.shape(described.all())])
    const [, epoch = 0, , released = 1, since = 0] = rows.lease.get("queue") ?? []
    // The largest batch shows that the journal is not an older one.
    insert(Rows.lease, ["queue", Math.max(Number(epoch), known.epoch), Number.MAX_SAFE_INTEGER, released, since])
    for (const row of rows.uploads.values()) insert(Rows.upload, row)
    for (const { context, row } of rows.parts.values()) insert(Rows.part, row, context)
    for (const { context, row } of rows.secrets.values()) insert(Rows.secret, row, context)
    for (const row of rows.events.values()) insert(Rows.event, row)
    database.exec("COMMIT")
  } finally {
    database.close()
  }
  return rows.uploads.size + rows.parts.size
}
