/**
 * Lays out an explanation for people: in color with a column of labels, or as plain text with one fact a line, for
 * screen readers and logs.
 */
import type { About, Explanation } from "@holdfast/diagnosis/Diagnosis"
import * as Columns from "../terminal/Columns.ts"
import * as Style from "../terminal/Style.ts"
import type { Row } from "./Rows.ts"
import * as ExplainRows from "./Rows.ts"

/** The layout options. */
export interface Options extends ExplainRows.Options {
  readonly columns: number
  /** Whether to show everything, because the output is not a terminal and has no height. */
  readonly whole?: boolean | undefined
  /** Without color the layout is plain text. */
  readonly color: boolean
}

/** The maximum number of lines of the short form at 80 columns: about half of a small terminal. */
export const most = 13

/**
 * Returns the lines of an explanation; on a terminal at most 13 at 80 columns unless it is `long`.
 *
 * **Details**
 *
 * A narrower terminal gets the number of lines that the same text needs there. The cause and the first fix are never
 * shortened, even if they exceed the limit.
 */
export const render = (explanation: Explanation, options: Options): ReadonlyArray<string> =>
  // A correction can have any length, so it does not count against the lines of the explanation.
  lay(ExplainRows.explanation(explanation, options), { ...options, long: options.long || options.repair !== undefined })

/** Returns the complete page of a rule. */
export const page = (about: About, options: Options): ReadonlyArray<string> =>
  lay(ExplainRows.page(about), { ...options, long: true })

/** The lines of a row before styling: the prefix of each line and the style of the first one. */
interface Block {
  readonly first: string
  readonly rest: string
  readonly lines: ReadonlyArray<string>
  readonly paint: (line: string, index: number) => string
}

/** The minimum width in columns. In a narrower terminal the lines exceed the width. */
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

/** How many ranks each further line of a row is less important than its first line. */
const step = 6

/** Rows before this rank are useless if cut: the title, the cause, the first fix, whether to retry. */
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

/** The width of the column of labels; the longest is `Request id`. */
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
