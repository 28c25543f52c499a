/**
 * Converts rows of the journal to records and back, and computes the checksum of a row.
 *
 * **Details**
 *
 * SQLite's integrity check does not notice a flipped bit in a value, so each row has a checksum of its own. A row whose checksum
 * is wrong is never used.
 */
import { crc32 } from "node:zlib"

/** A value as it is stored. */
export type Stored = string | number | null

/** A row as it is stored, without its checksum. */
export type Row = ReadonlyArray<Stored>

/** The columns of a table, in the order of its rows. A `key` column is not a number of its own. */
export interface Table {
  readonly name: string
  /** The beginning of each checksum, so that a row of another table has a wrong checksum. */
  readonly seed: number
  readonly columns: ReadonlyArray<string>
  /** The number of columns in version 1. A later column that is NULL does not count in the checksum. */
  readonly original: number
  /** The positions of the columns that contain numbers. PostgreSQL returns these numbers as text. */
  readonly numbers: ReadonlySet<number>
}

const table = (name: string, columns: string, numbers: string, later: ReadonlyArray<string> = []): Table => {
  const original = columns.split(" ")
  const all = [...original, ...later]
  return {
    name,
    seed: crc32(name),
    columns: all,
    original: original.length,
    numbers: new Set(numbers.split(" ").map((column) => all.indexOf(column))),
  }
}

export const upload = table(
  "upload",
  "seq id path name filetype channel priority state wanted create_again bytes modified_ns inode asset_id server_time chunks chunk_size failures crashes resumed resent_bytes confirmed error_tag error_message error_exit added_at changed_at begun_epoch progress_epoch",
  "seq channel priority create_again bytes server_time chunks chunk_size failures crashes resumed resent_bytes confirmed error_exit added_at changed_at begun_epoch progress_epoch quiet_ms run",
  ["quiet_ms", "device", "run"],
)
export const part = table("part", "upload n start length confirmed_at md5 proof", "upload n start length confirmed_at")
export const secret = table("secret", "upload urls filetype", "upload")
export const event = table("event", "upload n at kind detail", "upload n at")
export const lease = table("lease", "name epoch batch released since", "epoch batch released since")
export const meta = table("meta", "name value", "")

/** Returns the values that count in the checksum of a row. */
const counted = ({ original }: Table, row: Row): Row => {
  let end = row.length
  while (end > original && row[end - 1] === null) end--
  return end === row.length ? row : row.slice(0, end)
}

/**
 * Returns the checksum of a row. `context` is what the row depends on: the parts of an upload belong to one asset, so a part
 * that is left over from another asset has a wrong checksum.
 */
export const sum = (table: Table, row: Row, context = ""): number =>
  crc32(JSON.stringify(counted(table, row)), context === "" ? table.seed : crc32(context, table.seed))

/** Appends the checksum to a row. */
export const seal = (table: Table, row: Row, context?: string): ReadonlyArray<Stored> => [
  ...row,
  sum(table, row, context),
]

/** Returns a row without its checksum, or `undefined` if the row is damaged. */
export const unseal = (table: Table, read: ReadonlyArray<unknown>, context?: string): Row | undefined => {
  const row = read.slice(0, -1) as ReadonlyArray<Stored>
  const stored = read.at(-1)
  if (typeof stored === "number") return sum(table, row, context) === stored ? row : undefined
  const plain = row.map((value, at) => (value !== null && table.numbers.has(at) ? Number(value) : value))
  return String(sum(table, plain, context)) === String(stored) ? plain : undefined
}

/** Marks a string that is stored in escaped form. */
const escaped = "\u0001"

/** Matches a lone surrogate. */
const surrogate = /\p{Surrogate}/u

/** Whether a database would change or reject a string, or the string begins with the mark itself. */
const isUnsafe = (text: string): boolean => text.startsWith(escaped) || text.includes("\0") || surrogate.test(text)

/**
 * Returns the stored form of a string.
 *
 * **Details**
 *
 * A database stores text as UTF-8, which cannot represent a lone surrogate. PostgreSQL also rejects NUL. Both can occur in
 * file names, so a string that contains either is stored as JSON with escapes.
 */
export const encodeText = (text: string): string => (isUnsafe(text) ? escaped + JSON.stringify(text) : text)

/** Returns the string that a stored form represents. */
export const decodeText = (stored: string): string =>
  stored.startsWith(escaped) ? String(JSON.parse(stored.slice(1))) : stored
