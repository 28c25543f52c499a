/**
 * The rows of S3's error table. Contains plain data without the error schemas.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import * as StatusTable from "@holdfast/http/StatusTable"
import * as Other from "./rows/other.ts"
import { passing, sending, signing, unlisted } from "./rows/upload.ts"

/** All rows in one list. */
export const rows = [...passing, ...signing, ...sending, ...Other.rows, ...unlisted] as const

/** The error class for responses that match no row. */
export const unknown = "UnknownS3Error"

/** The verdicts for statuses that no row lists. These errors do not close a gate. */
export const statuses = (status: number): Verdict => {
  const { pace, retry } = StatusTable.find(status).verdict
  return { retry, pace, change: "nothing" }
}
