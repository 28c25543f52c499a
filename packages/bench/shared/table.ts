/**
 * Formats tables for a terminal.
 */

/** The index of the first right-aligned column. */
export interface Alignment {
  readonly rightFrom: number
}

/** One line per row; columns are as wide as their widest cell, with two blanks between them. */
export const columns = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  { rightFrom }: Alignment = { rightFrom: Number.POSITIVE_INFINITY },
): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, at) => (at < rightFrom ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  )
}
