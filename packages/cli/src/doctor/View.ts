/**
 * Lays out the results of the checks for a terminal.
 */
import * as Columns from "../terminal/Columns.ts"
import type { Style } from "../terminal/Style.ts"
import type { Level } from "./Finding.ts"
import type { Report } from "./Report.ts"
import type { Named } from "./Run.ts"

/** The layout options. */
export interface Options {
  readonly columns: number
  readonly style: Style
}

/** The width of the longest name, `certificates`, and of the longest level. */
const nameWidth = 12
const levelWidth = 7

const indent = nameWidth + 2 + levelWidth + 2

/** The minimum width of the text, in columns. On a narrower terminal, the text starts on a line of its own. */
const narrowest = 40

/** Returns the lines for one check: its name, its level, what was found, and the remedy. */
export const check = ({ finding, name }: Named, { columns, style }: Options): ReadonlyArray<string> => {
  const { level, remedy, text } = finding
  const paint = paints(style)[level]
  const head = `${name.padEnd(nameWidth)}  ${paint(level)}`
  const isNarrow = columns - indent < narrowest
  const left = isNarrow ? 4 : indent
  const lines = [text, ...(remedy === undefined ? [] : [`fix: ${remedy}`])].flatMap((part) =>
    Columns.wrap(Columns.clean(part), columns - left),
  )
  const [first = "", ...rest] = lines
  const indented = (line: string) => " ".repeat(left) + line
  return isNarrow
    ? [head, ...lines.map(indented)]
    : [`${head}${" ".repeat(levelWidth - level.length + 2)}${first}`, ...rest.map(indented)]
}

const paints = ({ bad, dim, good, wait }: Style): Readonly<Record<Level, (text: string) => string>> => ({
  ok: good,
  warning: wait,
  problem: bad,
  skipped: dim,
})

/** Returns the last line, which counts the results. */
export const conclusion = ({ ok, problem, skipped, warning }: Report["counts"], style: Style): string => {
  const some = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`
  const parts = [
    problem === 0 ? style.good("no problems") : style.bad(some(problem, "problem", "problems")),
    ...(warning === 0 ? [] : [style.wait(some(warning, "warning", "warnings"))]),
    `${ok} ok`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ]
  return parts.join(", ")
}
