/**
 * The rows of S3's error table. Plain data, without the schemas of the errors.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import * as StatusTable from "@holdfast/http/StatusTable"
import * as Other from "./rows/other.ts"
import { passing, sending, signing, unlisted } from "./rows/upload.ts"

/** The rows, in one list. */
export const rows = [...passing, ...signing, ...sending, ...Other.rows, ...unlisted] as const

/** The class of every response that no row matches. */
export const unknown = "UnknownS3Error"

/** The verdicts of statuses that no row lists. These errors close no gate. */
export const statuses = (status: number): Verdict => {
  const { pace, retry } = StatusTable.find(status).verdict
  return { retry, pace, change: "nothing" }
}
