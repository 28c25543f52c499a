/**
 * Defines the verdicts for error statuses from APIs that have no vendor error table. `ErrorStatus` uses these verdicts.
 */
import type { Row, Seen } from "@holdfast/core/ErrorRows"
import * as StatusRows from "./internal/errors/status/rows.ts"

/** The rows. */
export const rows: ReadonlyArray<Row> = StatusRows.rows

/** The row of a status. Never throws. */
export const find = (status: number): Row => StatusRows.find({ status } satisfies Seen)
