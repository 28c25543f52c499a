/**
 * Describes each failure of the database in one human-readable line and assigns a verdict.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Verdict from "@holdfast/core/Verdict"
import type { SqlError } from "effect/sql/SqlError"
import { JournalFenced, JournalOwned, JournalUnreadable, JournalUnwritable } from "../../JournalError.ts"

/** What kept the database from executing a statement. */
export type Kind =
  | "busy"
  | "full"
  | "disk"
  | "readOnly"
  | "closed"
  | "damaged"
  | "lost"
  | "standby"
  | "denied"
  | "foreign"
  | "other"

interface Fault {
  readonly verdict: Verdict.Verdict
  readonly detail: string
  readonly action: string
}

const human = Verdict.never({ change: "human" })

const faults: Readonly<Record<Exclude<Kind, "other">, Fault>> = {
  busy: {
    verdict: Verdict.always(),
    detail: "another process has kept it locked",
    action: "stop the other process, which may be suspended, then run this program again",
  },
  full: { verdict: human, detail: "no space left on the disk", action: "free some space" },
  disk: { verdict: Verdict.always(), detail: "the disk failed", action: "check the disk" },
  readOnly: {
    verdict: human,
    detail: "the file is read-only",
    action: "grant your user account access to the file and its folder",
  },
  closed: {
    verdict: human,
    detail: "the file cannot be opened",
    action: "check whether the folder exists, and grant your user account access to it",
  },
  damaged: {
    verdict: human,
    detail: "the file is damaged",
    action: "stop all programs that use the journal, then run this program again, which recovers the readable records",
  },
  lost: {
    verdict: Verdict.always(),
    detail: "the connection to the database failed",
    action: "check whether the database is running and accepts connections from this machine",
  },
  standby: {
    verdict: human,
    detail: "the database is read-only",
    action: "connect to the primary server, which accepts writes",
  },
  denied: {
    verdict: human,
    detail: "the user of the database lacks a permission",
    action: "let this user create and change tables in the schema of the journal",
  },
  foreign: {
    verdict: human,
    detail: "its tables are missing, or another program's tables have the same names",
    action: "give the journal a schema of its own, by the setting search_path of the connection",
  },
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const bySqliteCode: Readonly<Record<number, Kind>> = {
  3: "closed",
  5: "busy",
  6: "busy",
  8: "readOnly",
  10: "disk",
  11: "damaged",
  13: "full",
  14: "closed",
  26: "damaged",
}

/** PostgreSQL's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const byPostgresCode: Readonly<Record<string, Kind>> = {
  "25006": "standby",
  "25P03": "lost",
  "40001": "busy",
  "40P01": "busy",
  "42501": "denied",
  "42701": "foreign",
  "42703": "foreign",
  "42P01": "foreign",
  "42P07": "foreign",
  "53100": "full",
  "53300": "lost",
  "55P03": "busy",
  "57P01": "lost",
  "57P02": "lost",
  "57P03": "lost",
  "57P05": "lost",
  "58030": "disk",
  XX001: "damaged",
  XX002: "damaged",
}

/** Returns what kept the database from executing a statement. */
export const kind = (error: SqlError): Kind => {
  const cause: unknown = error.reason.cause
  const isObject = typeof cause === "object" && cause !== null
  if (isObject && "errcode" in cause && typeof cause.errcode === "number") {
    return bySqliteCode[cause.errcode & 0xff] ?? "other"
  }
  const known = isObject && isFromServer(cause) ? byPostgresCode[cause.code] : undefined
  return known ?? (error.reason._tag === "ConnectionError" ? "lost" : "other")
}

const isFromServer = (cause: object): cause is { readonly code: string } =>
  "code" in cause && typeof cause.code === "string"

const describe = (error: SqlError): Fault => {
  const found = kind(error)
  if (found !== "other") return faults[found]
  const { cause, message } = error.reason
  // PostgreSQL's own message is in the cause.
  const detail = cause instanceof Error && isFromServer(cause) ? cause.message : message
  return {
    verdict: Verdict.once(),
    detail: detail ?? "the database failed",
    action: "check the database",
  }
}

const keep = (error: SqlError) => ({ cause: ForeignError.keep(error.reason.cause) })

/** Converts a failed write to an error of the journal. */
export const unwritable = (path: string) => (error: SqlError) =>
  new JournalUnwritable({ path, ...describe(error), ...keep(error) })

/** Whether a write failed because the disk is full. */
export const isFull = (error: JournalUnwritable): boolean => error.detail === faults.full.detail

/** Converts a failed read to an error of the journal. */
export const unreadable = (path: string) => (error: SqlError) =>
  new JournalUnreadable({ path, ...describe(error), ...keep(error) })

/** Whether an error means that the file is not an intact journal. */
export const isDamage = (error: SqlError): boolean => kind(error) === "damaged" || isUnknownTable(error)

/** SQLite reports a missing table or column with its general error code. */
const isUnknownTable = (error: SqlError): boolean => {
  const cause: unknown = error.reason.cause
  return typeof cause === "object" && cause !== null && "errcode" in cause && cause.errcode === 1
}

/** The error for a row whose checksum is wrong. */
export const damaged = (path: string, what: string) =>
  new JournalUnreadable({ path, ...faults.damaged, detail: `${what} is damaged` })

/** The error for a damaged row in a database, which only its administrator can recover. */
export const damagedDatabase = (path: string, what: string) =>
  new JournalUnreadable({
    path,
    verdict: human,
    detail: `${what} is damaged`,
    action: "restore the database from a backup, or give the journal an empty schema and add the files again",
  })

/** The error for a schema that another program uses. */
export const foreign = (path: string) => new JournalUnreadable({ path, ...faults.foreign })

/** The error for a queue that has an owner. */
export const owned = (path: string) =>
  new JournalOwned({
    verdict: Verdict.always(),
    path,
    detail: "the queue has one owner at a time",
    action: "wait until the other process has finished, or stop it",
  })

/** The error for changes whose owner is no longer the owner of a lease. */
export const fenced = (
  path: string,
  { epoch, lease }: { readonly epoch: number; readonly lease: string },
  found?: number,
) =>
  new JournalFenced({
    verdict: human,
    path,
    detail:
      found === undefined
        ? "this process is no longer its owner"
        : `owner ${found} has taken over ${lease === "queue" ? "" : `the ${lease.replace("/", " ")} `}from owner ${epoch}`,
    action: "let the other process continue, or stop it and run this program again",
  })

/** The error for changes of an upload that is no longer in the journal. */
export const missing = (path: string, id: string) =>
  new JournalUnwritable({
    verdict: human,
    path,
    detail: `the upload ${id} was removed from the queue`,
    action: "add the file again",
  })

/** The error for a transaction during the recovery of the journal. */
export const recovering = (path: string) =>
  new JournalUnwritable({
    verdict: Verdict.always(),
    path,
    detail: "another process is recovering it after damage",
    action: "wait until the other process has finished, then run this program again",
  })
