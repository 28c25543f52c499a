/**
 * Tables for a terminal.
 */

/** Which columns are aligned to the right: those from this index on. */
export interface Alignment {
  readonly rightFrom: number
}

/** One line for each row, columns as wide as their widest cell, two blanks between them. */
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
