/**
 * Defines the tables of the journal, for SQLite and PostgreSQL.
 *
 * **Details**
 *
 * `upload` is keyed by the order in which the uploads were added, so the other tables refer to an upload by a small number.
 * Each row ends with a checksum of its own (`rows.ts`). The upload URLs are credentials, so they have a table of their own.
 */

import { crc32 } from "node:zlib"

/** The version of the schema that this program writes. It is also the number of migrations. */
export const version = 3

/** The size of a page in bytes. */
export const pageSize = 4096

/** The statements that create each version from the version before. `autoKey` differs between the databases. */
export const migrations = (dialect: "sqlite" | "pg"): ReadonlyArray<ReadonlyArray<string>> => {
  const rowless = dialect === "sqlite" ? " WITHOUT ROWID" : ""
  return [
    [
      `CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, sum BIGINT NOT NULL)${rowless}`,
      `CREATE TABLE lease (name TEXT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, batch BIGINT NOT NULL,
        released BIGINT NOT NULL, since BIGINT NOT NULL, sum BIGINT NOT NULL)${rowless}`,
      // SQLite uses an INTEGER key as the row number. PostgreSQL needs BIGINT.
      `CREATE TABLE upload (seq ${dialect === "sqlite" ? "INTEGER" : "BIGINT"} PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL, name TEXT, filetype TEXT, channel BIGINT, priority BIGINT NOT NULL, state TEXT NOT NULL,
        wanted TEXT, create_again BIGINT NOT NULL, bytes BIGINT NOT NULL, modified_ns TEXT NOT NULL, inode TEXT NOT NULL,
        asset_id TEXT, server_time BIGINT, chunks BIGINT, chunk_size BIGINT, failures BIGINT NOT NULL,
        crashes BIGINT NOT NULL, resumed BIGINT NOT NULL, resent_bytes BIGINT NOT NULL, confirmed BIGINT NOT NULL,
        error_tag TEXT, error_message TEXT, error_exit BIGINT, added_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
        begun_epoch BIGINT NOT NULL, progress_epoch BIGINT NOT NULL, sum BIGINT NOT NULL)`,
      `CREATE TABLE secret (upload BIGINT NOT NULL PRIMARY KEY, urls TEXT NOT NULL, filetype TEXT NOT NULL,
        sum BIGINT NOT NULL)`,
      `CREATE TABLE part (upload BIGINT NOT NULL, n BIGINT NOT NULL, start BIGINT NOT NULL, length BIGINT NOT NULL,
        confirmed_at BIGINT, md5 TEXT, proof TEXT, sum BIGINT NOT NULL, PRIMARY KEY (upload, n))${rowless}`,
      `CREATE TABLE event (upload BIGINT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL,
        detail TEXT NOT NULL, sum BIGINT NOT NULL, PRIMARY KEY (upload, n))${rowless}`,
    ],
    // A column that a later version adds is NULL in the rows of earlier versions, so their checksums stay valid.
    ["ALTER TABLE upload ADD COLUMN quiet_ms BIGINT"],
    ["ALTER TABLE upload ADD COLUMN device TEXT", "ALTER TABLE upload ADD COLUMN run BIGINT"],
  ]
}

/** Returns a query that reads the columns of this version from a journal of an earlier version. Missing columns are NULL. */
export const asOf = (version: number, query: string): string =>
  later
    .filter(({ since }) => version < since)
    .reduce((text, { column }) => text.replace(new RegExp(`\\b${column}\\b`), "NULL"), query)

/** The columns that later versions added to the uploads. */
const later = [
  { column: "quiet_ms", since: 2 },
  { column: "device", since: 3 },
  { column: "run", since: 3 },
]

/**
 * Returns the statements with which SQLite describes its tables. A flipped bit in one of these statements would not be
 * detected otherwise.
 */
export const shapeQuery = "SELECT name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY name"

/** Returns the checksum of the description of the tables. */
export const shape = (rows: ReadonlyArray<unknown>): string => String(crc32(JSON.stringify(rows)))
