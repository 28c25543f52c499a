/**
 * An explanation as lines for a person: in colour with its labels in a column, or narrated, one fact a line, for screen
 * readers and logs.
 */
import type { About, Explanation } from "@holdfast/core/Diagnosis"
import * as Columns from "./Columns.ts"
import * as ExplainRows from "./ExplainRows.ts"
import type { Row } from "./ExplainRows.ts"
import * as Style from "./Style.ts"

/** How to show it. */
export interface Options extends ExplainRows.Options {
  readonly columns: number
  /** Without colour it is narrated. */
  readonly color: boolean
}

/** Lines of the short form, at 80 columns: half of a small terminal. */
export const most = 12

/** The lines of an explanation; at most 12 at 80 columns unless it is `long`. */
export const render = (explanation: Explanation, options: Options): ReadonlyArray<string> =>
  lay(ExplainRows.explanation(explanation, options), options)

/** The page of a rule, whole. */
export const page = (about: About, options: Options): ReadonlyArray<string> =>
  lay(ExplainRows.page(about), { ...options, long: true })

/** A row in its lines, without colour yet: what is written before each, and how its first line is painted. */
interface Block {
  readonly first: string
  readonly rest: string
  readonly lines: ReadonlyArray<string>
  readonly paint: (line: string, index: number) => string
}

/** In a narrower terminal than this, lines are longer than it. */
const narrowest = 24

const lay = (rows: ReadonlyArray<Row>, { color, columns, long }: Options): ReadonlyArray<string> => {
  const space = Math.max(narrowest, columns)
  const blocks = rows.map((row) => (color ? aligned(row, space) : narrated(row, space)))
  const kept = long
    ? undefined
    : share(
        rows,
        blocks.map(({ lines }) => lines.length),
      )
  return blocks.flatMap(({ first, lines, paint, rest }, at) => {
    const shown = lines.slice(0, kept?.[at])
    const last = shown.length - 1
    return shown.map((line, index) => {
      const before = index === 0 ? first : rest
      const whole = index < last || shown.length === lines.length
      const text = whole ? line : Columns.cut(`${line}…`, space - Columns.width(before))
      return paint(`${before}${text}`, index)
    })
  })
}

/** How many lines each row may have: one for everybody as far as they go, then one more at a time, by rank. */
const share = (rows: ReadonlyArray<Row>, wanted: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = [...rows.keys()].toSorted((a, b) => (rows[a]?.rank ?? 0) - (rows[b]?.rank ?? 0) || a - b)
  const given = rows.map(() => 0)
  let left = most
  for (let round = 1; left > 0 && wanted.some((lines) => lines >= round); round++) {
    for (const index of order) {
      if (left === 0 || (wanted[index] ?? 0) < round) continue
      given[index] = round
      left -= 1
    }
  }
  return given
}

/** The column of the labels; the longest is `Request id`. */
const column = 12

const aligned = ({ label, lead, text }: Row, columns: number): Block => {
  const first = label === undefined ? "" : label.padEnd(column)
  const before = lead === undefined ? "" : `${Columns.clean(lead.text)}  `
  // Below a number the text goes on, below a word the column.
  const rest = label === undefined ? "  " : " ".repeat(column + (before.length < 5 ? before.length : 0))
  const style = Style.make(true)
  return {
    first,
    rest,
    lines: Columns.wrap(`${before}${Columns.clean(text)}`, columns - first.length, columns - rest.length),
    paint: (line, index) => {
      if (index > 0) return label === undefined ? style.bold(line) : line
      const start = first.length + before.trimEnd().length
      const painted = lead === undefined ? "" : style[lead.style](line.slice(first.length, start))
      const body = line.slice(lead === undefined ? first.length : start)
      return `${style.dim(first.trimEnd())}${" ".repeat(first.length - first.trimEnd().length)}${painted}${label === undefined ? style.bold(body) : body}`
    },
  }
}

const narrated = ({ label, spoken, text }: Row, columns: number): Block => {
  const name = Columns.clean(spoken ?? label ?? "")
  const said = Columns.clean(text)
  const end = /[.!?…]["')]?$/.test(said) || /^https?:\/\/\S+$/.test(said) ? "" : "."
  return {
    first: "",
    rest: "  ",
    lines: Columns.wrap(`${name === "" ? "" : `${name}: `}${said}${end}`, columns, columns - 2),
    paint: (line) => line,
  }
}
