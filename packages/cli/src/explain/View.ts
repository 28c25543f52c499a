/**
 * Lays out an explanation for human readers. The layout is in color with a column of labels, or in plain text with one piece
 * of information per line for screen readers and logs.
 */
import type { About, Explanation } from "@holdfast/diagnosis/Diagnosis"
import * as Columns from "../terminal/Columns.ts"
import * as Style from "../terminal/Style.ts"
import type { Row } from "./Rows.ts"
import * as ExplainRows from "./Rows.ts"

/** The layout options. */
export interface Options extends ExplainRows.Options {
  readonly columns: number
  /** Whether to show everything; set if the output does not go to a terminal and therefore has no height limit. */
  readonly whole?: boolean | undefined
  /** Whether to use color; without color, the layout is plain text. */
  readonly color: boolean
}

/** The maximum number of lines in the short form at 80 columns, which is about half the height of a small terminal. */
export const most = 13

/**
 * Returns the lines of an explanation. On a terminal with 80 columns, there are at most 13 lines unless `long` is set.
 *
 * **Details**
 *
 * On a narrower terminal, the limit is the number of lines that the same text needs at that width. The cause and the first
 * fix are never shortened, even if they exceed the limit.
 */
export const render = (explanation: Explanation, options: Options): ReadonlyArray<string> =>
  // A correction can have any length, so it does not count against the lines of the explanation.
  lay(ExplainRows.explanation(explanation, options), { ...options, long: options.long || options.repair !== undefined })

/** Returns the complete page about a rule. */
export const page = (about: About, options: Options): ReadonlyArray<string> =>
  lay(ExplainRows.page(about), { ...options, long: true })

/** The unstyled lines of a row, with their prefixes and a function that styles each line. */
interface Block {
  readonly first: string
  readonly rest: string
  readonly lines: ReadonlyArray<string>
  readonly paint: (line: string, index: number) => string
}

/** The minimum width of the layout, in columns. On a narrower terminal, lines exceed the width of the terminal. */
const narrowest = 24

const lay = (rows: ReadonlyArray<Row>, { color, columns, long, whole }: Options): ReadonlyArray<string> => {
  const space = Math.max(narrowest, columns)
  const blocks = rows.map((row) => (color ? aligned(row, space) : narrated(row, space)))
  const kept =
    long || whole === true
      ? undefined
      : share(
          rows,
          blocks.map(({ lines }) => lines.length),
          Math.max(most, Math.ceil((most * 80) / space)),
        )
  return blocks.flatMap(({ first, lines, paint, rest }, at) => {
    const shown = lines.slice(0, kept?.[at])
    const last = shown.length - 1
    return shown.map((line, index) => {
      const before = index === 0 ? first : rest
      const isWhole = index < last || shown.length === lines.length
      // Cuts as late as possible, even inside a long word at the start of the next line.
      const text = isWhole ? line : Columns.cut(lines.slice(last).join(" "), space - Columns.width(before))
      return paint(`${before}${text}`, index)
    })
  })
}

/** The amount by which the rank increases from one line of a row to the next; a higher rank makes a line less important. */
const step = 6

/**
 * Rows with a rank below this value are never shortened: the title, the cause, the first fix, and the retry advice.
 */
const needed = 2

/** Decides how many lines each row gets. */
const share = (rows: ReadonlyArray<Row>, wanted: ReadonlyArray<number>, most: number): ReadonlyArray<number> => {
  const given = rows.map(() => 0)
  const lines = rows.flatMap(({ rank }, index) =>
    Array.from({ length: wanted[index] ?? 0 }, (_, line) => ({
      index,
      rank: rank < needed ? rank : rank + line * step,
    })),
  )
  lines
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, Math.max(most, lines.filter(({ rank }) => rank < needed).length))
    .forEach(({ index }) => {
      given[index] = (given[index] ?? 0) + 1
    })
  return given
}

/** The width of the label column; the longest label is `Request id`. */
const column = 12

const aligned = ({ label, lead, text, whole }: Row, columns: number): Block => {
  const first = label === undefined ? "" : label.padEnd(column)
  const before = lead === undefined ? "" : `${Columns.clean(lead.text)}  `
  // Text after a number continues under the text, other text under the column.
  const rest = label === undefined ? "  " : " ".repeat(column + (before.length < 5 ? before.length : 0))
  const style = Style.make(true)
  return {
    first,
    rest,
    lines:
      whole === true
        ? [Columns.clean(text)]
        : Columns.wrap(`${before}${Columns.clean(text)}`, columns - first.length, columns - rest.length),
    paint: (line, index) => {
      if (index > 0) return label === undefined ? style.bold(line) : line
      const start = first.length + before.trimEnd().length
      const painted = lead === undefined ? "" : style[lead.style](line.slice(first.length, start))
      const body = line.slice(lead === undefined ? first.length : start)
      return `${style.dim(first.trimEnd())}${" ".repeat(first.length - first.trimEnd().length)}${painted}${label === undefined ? style.bold(body) : body}`
    },
  }
}

const narrated = ({ label, spoken, text, whole }: Row, columns: number): Block => {
  const name = Columns.clean(spoken ?? label ?? "")
  const said = Columns.clean(text)
  const line = name === "" ? said : `${name}: ${said}`
  const isEnded = whole === true || /[.!?…]["')]?$/.test(said) || /^https?:\/\/\S+$/.test(said)
  return {
    first: "",
    rest: "  ",
    lines: whole === true ? [line] : Columns.wrap(isEnded ? line : `${line}.`, columns, columns - 2),
    paint: (line) => line,
  }
}
