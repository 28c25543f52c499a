/**
 * What to do about an error status that no vendor's table explains: the verdicts of `ErrorStatus`.
 */
import type { Row, Seen } from "@holdfast/core/ErrorRows"
import * as StatusRows from "./internal/statusRows.ts"

/** The rows. */
export const rows: ReadonlyArray<Row> = StatusRows.rows

/** The row of a status. Total. */
export const find = (status: number): Row => StatusRows.find({ status } satisfies Seen)
