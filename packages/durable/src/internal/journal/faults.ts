/**
 * Describes each failure of the database in one human-readable line and assigns a verdict.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Verdict from "@holdfast/core/Verdict"
import type { SqlError } from "effect/sql/SqlError"
import { JournalUnreadable, JournalUnwritable } from "../../JournalError.ts"

/** What kept the database from executing a statement. */
export type Kind = "busy" | "full" | "disk" | "readOnly" | "closed" | "damaged" | "other"

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
  "25006": "readOnly",
  "40001": "busy",
  "40P01": "busy",
  "53100": "full",
  "55P03": "busy",
  "58030": "disk",
  XX001: "damaged",
  XX002: "damaged",
}

/** Returns what kept the database from executing a statement. */
export const kind = (error: SqlError): Kind => {
  const cause: unknown = error.reason.cause
  if (typeof cause !== "object" || cause === null) return "other"
  if ("errcode" in cause && typeof cause.errcode === "number") return bySqliteCode[cause.errcode & 0xff] ?? "other"
  return "code" in cause && typeof cause.code === "string" ? (byPostgresCode[cause.code] ?? "other") : "other"
}

const describe = (error: SqlError): Fault => {
  const found = kind(error)
  if (found !== "other") return faults[found]
  return {
    verdict: Verdict.once(),
    detail: error.reason.message ?? "the database failed",
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
