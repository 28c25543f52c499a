/**
 * Reads the rows of a damaged journal that are still readable.
 *
 * **Details**
 *
 * A damaged page makes some rows unreadable. A scan from each end finds the rows before and after the damage, and single
 * queries find the rows between. A wrong first page, which contains the schema, is replaced with the first page of a new
 * journal, because the same statements always create the same first page. The checksums of the rows show which rows are
 * intact.
 */
import { loadSqlite } from "@holdfast/oauth/ProcessLock"
import * as Fs from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import * as Records from "../records.ts"
import type { UploadEntry } from "../records.ts"
import * as Rows from "../rows.ts"
import type { Row, Table } from "../rows.ts"
import { asOf, pageSize } from "../schema.ts"

/** The intact rows of a journal, by key. */
export interface Salvaged {
  readonly meta: Map<string, Row>
  readonly lease: Map<string, Row>
  readonly uploads: Map<number, Row>
  readonly parts: Map<string, { readonly row: Row; readonly context: string }>
  readonly secrets: Map<number, { readonly row: Row; readonly context: string }>
  readonly events: Map<string, Row>
  /** The keys of the damaged rows that were found. */
  readonly damaged: Set<string>
}

/** The number of successive unreadable uploads after which the search stops. */
const maximumMisses = 1000

/** Adds the readable rows of a database file. This changes the file, so it must be a copy. */
export const read = (file: string, into: Salvaged): void => {
  const database = open(file)
  if (database === undefined) return
  try {
    byName(database, Rows.meta, into.meta, into)
    byName(database, Rows.lease, into.lease, into)
    ofUploadTable(database, into)
    const uploads = new Map([...into.uploads].map(([seq, row]) => [seq, Records.toEntry(row)]))
    ofUploads(database, Rows.part, uploads, into, (key, row, context) => into.parts.set(key, { row, context }))
    ofUploads(database, Rows.secret, uploads, into, (_, row, context) =>
      into.secrets.set(Number(row[0]), { row, context }),
    )
    ofUploads(database, Rows.event, uploads, into, (key, row) => into.events.set(key, row))
  } finally {
    database.close()
  }
}

/** Reads the rows of a table that belong to uploads. The checksums of events do not depend on the asset. */
const ofUploads = (
  database: DatabaseSync,
  table: Table,
  uploads: ReadonlyMap<number, UploadEntry>,
  into: Salvaged,
  found: (key: string, row: Row, context: string) => void,
): void => {
  const order = table === Rows.secret ? ["upload"] : ["upload", "n"]
  const take = (read: ReadonlyArray<unknown>): number => {
    const [seq, n] = read
    const entry = uploads.get(Number(seq))
    if (entry === undefined) return Number(seq)
    const key = `${String(seq)} ${table === Rows.secret ? "" : String(n)}`
    const context = entry.record.assetId ?? ""
    const row = Rows.unseal(table, read, table === Rows.event ? undefined : context)
    if (row === undefined) into.damaged.add(`${table.name} ${key}`)
    else found(key, row, context)
    return Number(seq)
  }
  const by = (direction: string) => `ORDER BY ${order.map((column) => `${column} ${direction}`).join(", ")}`
  const before = each(database, table, by("ASC"), take)
  if (before === undefined) return
  const after = each(database, table, by("DESC"), take) ?? Number.NEGATIVE_INFINITY
  for (const seq of uploads.keys()) {
    if (seq >= before && seq <= after) {
      for (const direction of ["ASC", "DESC"]) each(database, table, `WHERE upload = ${seq} ${by(direction)}`, take)
    }
  }
}

/**
 * Passes the rows of a query to a function until one is unreadable. Returns what the function returned for the last readable row,
 * or minus infinity if there was none, or `undefined` if all rows are readable.
 */
const each = (
  database: DatabaseSync,
  { columns, name }: Table,
  rest: string,
  take: (read: ReadonlyArray<unknown>) => number,
): number | undefined => {
  let last = Number.NEGATIVE_INFINITY
  try {
    const statement = prepare(database, `SELECT ${columns.join(", ")}, sum FROM ${name} ${rest}`)
    statement.setReturnArrays(true)
    // With `setReturnArrays`, each row is an array, which the types of Node do not express.
    for (const read of statement.iterate() as unknown as Iterable<ReadonlyArray<unknown>>) last = take(read)
    return undefined
  } catch {
    return last
  }
}

/** Prepares a query. The journal may have been written by an earlier version. */
const prepare = (database: DatabaseSync, query: string) => {
  try {
    return database.prepare(query)
  } catch {
    return database.prepare(asOf(1, query))
  }
}

/** Reads the settings and the ownership, which have few rows. */
const byName = (database: DatabaseSync, table: Table, rows: Map<string, Row>, into: Salvaged): void => {
  each(database, table, "", (read) => {
    const row = Rows.unseal(table, read)
    if (row === undefined) into.damaged.add(`${table.name} ${String(read[0])}`)
    else rows.set(String(read[0]), row)
    return 0
  })
}

/** Reads the uploads from both ends, and those in between one by one. */
const ofUploadTable = (database: DatabaseSync, into: Salvaged): void => {
  const take = (read: ReadonlyArray<unknown>): number => {
    const row = Rows.unseal(Rows.upload, read)
    if (row === undefined) into.damaged.add(`upload ${String(read[0])}`)
    else into.uploads.set(Number(read[0]), row)
    return Number(read[0])
  }
  const before = each(database, Rows.upload, "ORDER BY seq", take)
  if (before === undefined) return
  const after = each(database, Rows.upload, "ORDER BY seq DESC", take) ?? Number.NEGATIVE_INFINITY
  const first = Number.isFinite(before) ? before + 1 : 1
  const end = Number.isFinite(after) ? after : Number.POSITIVE_INFINITY
  let misses = 0
  for (let seq = first; seq < end && misses < maximumMisses; seq++) {
    let found = false
    each(database, Rows.upload, `WHERE seq = ${seq}`, (read) => {
      found = true
      return take(read)
    })
    misses = found ? 0 : misses + 1
  }
}

const open = (file: string): DatabaseSync | undefined => {
  const sqlite = loadSqlite()
  if (sqlite === undefined) return undefined
  let database: DatabaseSync | undefined
  try {
    database = new sqlite.DatabaseSync(file, { timeout: 0 })
    database.exec("SELECT 1 FROM sqlite_schema")
    return database
  } catch {
    database?.close()
    return undefined
  }
}

/** Replaces the first page of a database file with that of an empty journal. */
export const replaceFirstPage = (file: string, empty: string): void => {
  const page = Fs.readFileSync(empty).subarray(0, pageSize)
  const bytes = Fs.statSync(file).size
  // The size in pages, and an empty list of free pages.
  page.writeUInt32BE(Math.max(1, Math.ceil(bytes / pageSize)), 28)
  page.writeUInt32BE(0, 32)
  page.writeUInt32BE(0, 36)
  const handle = Fs.openSync(file, "r+")
  try {
    Fs.writeSync(handle, page, 0, page.length, 0)
    Fs.ftruncateSync(handle, Math.ceil(Math.max(bytes, pageSize) / pageSize) * pageSize)
  } finally {
    Fs.closeSync(handle)
  }
}
