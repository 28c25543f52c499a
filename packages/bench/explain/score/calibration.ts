/**
 * Maintains the calibration table in `docs/precise-errors.md`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import * as Figures from "./Figures.ts"
import type { Row } from "./print.ts"

const guide = new URL("../../../../docs/precise-errors.md", import.meta.url)

/** The marker before the table. */
export const begin = "<!-- calibration: written by `npm run test:explain -- --write` -->\n"
/** The marker after the table. */
export const end = "<!-- end of calibration -->\n"

/** The table: how many explanations of each set had each degree of confidence, and how many of them were right. */
export const tableOf = (rows: ReadonlyArray<Row>): string => {
  const lines = rows.map(([name, { calibration, first, total }]) => [
    name,
    String(total),
    Figures.share(first, total),
    ...Figures.degrees.map((degree) => {
      const { right, said } = calibration[degree]
      return said === 0 ? "-" : `${right} of ${said} (${Figures.share(right, said)})`
    }),
  ])
  return [
    ["exchanges", "how many", "right first", ...Figures.degrees.map((degree) => `right when ${degree}`)],
    ["---", "--:", "--:", "--:", "--:", "--:"],
    ...lines,
  ]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("")
}

/** Writes the table into `docs/precise-errors.md`, between its two markers. */
export const write = (rows: ReadonlyArray<Row>): void => {
  const text = readFileSync(guide, "utf8")
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from === -1 || to < from) throw new Error("docs/precise-errors.md has no markers for the calibration table")
  writeFileSync(guide, `${text.slice(0, from + begin.length)}\n${tableOf(rows)}\n${text.slice(to)}`)
}
