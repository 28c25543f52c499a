/**
 * S3's error table: its rows, each with the error class that it decodes to.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import * as classes from "./classes.ts"
import type { Fields } from "./fields.ts"
import { rows, statuses, unknown } from "./rows.ts"

/** The table. */
export const table = ErrorTable.make<Fields>()({
  system: "s3",
  classes: { ...classes },
  rows,
  unknown,
  statuses,
})
