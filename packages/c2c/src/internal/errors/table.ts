/**
 * Frame.io's two error tables and the classes of their errors.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import * as classes from "./classes.ts"
import { rows, statuses, unknown } from "./rows.ts"

/** The error table with all classes and rows. */
export const table = ErrorTable.make<classes.Fields>()({
  system: "c2c",
  classes: { ...classes },
  unknown,
  rows,
  statuses,
})
