/**
 * Lays out a policy for a terminal: its stages, its worst case, and a chart with one row for each attempt.
 */
import * as Columns from "../terminal/Columns.ts"
import * as Style from "../terminal/Style.ts"
import * as PolicyChart from "./Chart.ts"
import type { PolicyReport } from "./Report.ts"
import * as PolicyText from "./Text.ts"

/** The layout options. */
export interface Options {
  readonly columns: number
  readonly color: boolean
  /** Whether the terminal can display non-ASCII characters. */
  readonly unicode: boolean
}

/**
 * Returns whether a terminal can display non-ASCII characters. The first locale variable that is set determines the result.
 * If no locale variable is set, as on Windows and in most containers, the result is true. If `TERM=dumb` is set, the result
 * is false.
 */
export const showsUnicode = (environment: {
  readonly term: string
  readonly locales: ReadonlyArray<string>
}): boolean => {
  const locale = environment.locales.find((variable) => variable !== "")
  return environment.term !== "dumb" && (locale === undefined || /utf-?8/i.test(locale))
}

/** The characters that draw a chart. Each character is one column wide. */
interface Signs {
  readonly attempt: string
  readonly point: string
  readonly wait: string
  readonly band: string
  readonly deadline: string
  readonly axis: string
  readonly tick: string
}

const signs: Signs = { attempt: "█", point: "●", wait: "░", band: "▒", deadline: "┊", axis: "─", tick: "┬" }
const asciiSigns: Signs = { attempt: "#", point: "o", wait: ".", band: ":", deadline: "!", axis: "-", tick: "+" }

const replacements: Readonly<Record<string, string>> = { "≤": "<=", "×": "x", "–": "-", "›": ">", "…": "..." }

/** Replaces the non-ASCII characters of a report with ASCII characters. */
const ascii = (text: string): string => text.replace(/[≤×–›…]/g, (sign) => replacements[sign] ?? sign)

/** Returns the lines that display a report. */
export const lines = (report: PolicyReport, options: Options): ReadonlyArray<string> => {
  const shown = options.unicode ? (text: string) => text : ascii
  const style = Style.make(options.color)
  const columns = Math.max(narrowest, options.columns)
  return [
    ...PolicyText.stages(shown(report.line), columns).map(style.bold),
    "",
    ...figureLines(report, columns, style, shown),
    "",
    ...chartLines(report, { ...options, columns }, style, shown),
  ]
}

const narrowest = 40

type Shown = (text: string) => string

const figureLines = (
  { figures, worst }: PolicyReport,
  columns: number,
  style: Style.Style,
  shown: Shown,
): ReadonlyArray<string> => {
  const names = Math.max(...figures.map(({ name }) => name.length))
  const values = Math.max(...figures.map(({ value }) => shown(value).length))
  const start = 2 + names + 2 + values + 2
  const room = columns - start
  return [
    ...Columns.wrap(shown(`worst case: ${worst.text}`), columns, columns - 2).map((line, n) =>
      n === 0 ? line : `  ${line}`,
    ),
    ...figures.flatMap(({ name, value, why }) =>
      // In a narrow terminal the explanations are below the figures.
      (room < 24 ? ["", ...Columns.wrap(shown(why), columns - 4)] : Columns.wrap(shown(why), room)).map((line, n) =>
        n === 0
          ? `  ${name.padEnd(names)}  ${style.bold(shown(value).padEnd(values))}  ${style.dim(line)}`.trimEnd()
          : `${" ".repeat(room < 24 ? 4 : start)}${style.dim(line)}`,
      ),
    ),
  ]
}

/** The state that one column of the chart shows: the state that fills most of that column. */
type Kind = "attempt" | "point" | "wait" | "band" | "deadline" | "empty"

const chartLines = (
  { chart }: PolicyReport,
  { columns, unicode }: Options,
  style: Style.Style,
  shown: Shown,
): ReadonlyArray<string> => {
  const { attempt, deadline, end, rows } = chart
  const sign = unicode ? signs : asciiSigns
  const dash = unicode ? "–" : "-"
  const paint: Readonly<Record<Kind, (text: string) => string>> = {
    attempt: style.good,
    point: style.good,
    wait: style.dim,
    band: style.wait,
    deadline: style.bad,
    empty: (text) => text,
  }
  const texts = rows.map((row) => ({
    number: String(row.number),
    wait: row.wait === undefined ? "" : PolicyText.range(row.wait.shortest, row.wait.longest, dash),
    start: PolicyText.range(row.start.shortest, row.start.longest, dash),
  }))
  const heads = { number: "#", wait: "wait", start: "begins at" }
  const width = (key: keyof typeof heads) => Math.max(heads[key].length, ...texts.map((text) => text[key].length))
  const widths = { number: width("number"), wait: width("wait"), start: width("start") }
  const label = (text: typeof heads): string =>
    `${text.number.padStart(widths.number)}  ${text.wait.padStart(widths.wait)}  ${text.start.padStart(widths.start)}  `
  const room = columns - label(heads).length
  const scale = end / room

  const kindsOf = (row: PolicyChart.AttemptRow): ReadonlyArray<Kind> => {
    const start = PolicyChart.drawnStart(rows, row, attempt)
    const { longest, shortest } = row.wait ?? { shortest: 0, longest: 0 }
    const spans: ReadonlyArray<readonly [Kind, number, number]> = [
      ["wait", start - longest, start - longest + shortest],
      ["band", start - longest + shortest, start],
      ["attempt", start, start + (Number.isFinite(attempt) ? attempt : 0)],
    ]
    const kinds = Array.from({ length: room }, (_, n): Kind => {
      const [from, to] = [n * scale, (n + 1) * scale]
      if (from <= deadline && deadline < to) return "deadline"
      if (from >= deadline) return "empty"
      if (!Number.isFinite(attempt) && Math.min(Math.floor(start / scale), room - 1) === n) return "point"
      const filled = spans.map(([kind, a, b]) => [kind, Math.min(b, to) - Math.max(a, from)] as const)
      const [kind, most] = filled.reduce((a, b) => (b[1] > a[1] ? b : a))
      return most >= scale / 2 || (kind === "attempt" && start >= from && start < to) ? kind : "empty"
    })
    // A wait gets at least one column, however short it is.
    const first = kinds.findIndex((kind) => kind === "attempt" || kind === "point")
    if (longest > 0 && first > 0 && kinds[first - 1] === "empty") kinds[first - 1] = "band"
    return kinds
  }

  const drawn = (kinds: ReadonlyArray<Kind>): string => {
    let line = ""
    for (let n = 0; n < kinds.length;) {
      const kind = kinds[n] ?? "empty"
      const next = kinds.findIndex((other, at) => at > n && other !== kind)
      const until = next < 0 ? kinds.length : next
      line += paint[kind]((kind === "empty" ? " " : sign[kind]).repeat(until - n))
      n = until
    }
    return line
  }

  const { axis, labels } = axisOf(end, room, sign)
  return [
    `${style.dim(label(heads))}${style.dim(labels)}`.trimEnd(),
    `${" ".repeat(label(heads).length)}${style.dim(axis)}`,
    ...rows.map((row, n) => `${label(texts[n] ?? heads)}${drawn(kindsOf(row))}`.trimEnd()),
    ...PolicyChart.beyond(chart)
      .flatMap((text) => Columns.wrap(text, columns))
      .map(style.dim),
    "",
    ...legend(chart, sign).flatMap((text) => Columns.wrap(shown(text), columns, columns - 2)),
  ]
}

/** Returns the axis with its ticks, and the labels for which there is enough room. */
const axisOf = (end: number, room: number, sign: Signs): { readonly axis: string; readonly labels: string } => {
  const axis = Array.from({ length: room }, () => sign.axis)
  let labels = ""
  for (const tick of PolicyChart.ticks(end, Math.max(2, Math.floor(room / 9)))) {
    const at = Math.min(room - 1, Math.floor((tick / end) * room))
    axis[at] = sign.tick
    const text = tick === 0 ? "0" : PolicyText.time(tick)
    if (at + text.length <= room && (labels === "" || at > labels.length)) labels = labels.padEnd(at) + text
  }
  return { axis: axis.join(""), labels }
}

/** The legend. The legend states that the chart shows the worst case. */
const legend = ({ attempt, deadline, end, rows }: PolicyChart.Chart, sign: Signs): ReadonlyArray<string> => {
  const waits = rows.some(({ wait }) => wait !== undefined)
  return [
    [
      Number.isFinite(attempt)
        ? `${sign.attempt} attempt, up to ${PolicyText.time(attempt)}`
        : `${sign.point} attempt, without bound`,
      ...(waits ? [`${sign.wait} wait`, `${sign.band} its jitter`] : []),
      ...(deadline < end ? [`${sign.deadline} deadline ${PolicyText.time(deadline)}`] : []),
    ].join("   "),
    Number.isFinite(attempt)
      ? "Worst case: each attempt takes its full time, and each wait is as long as possible."
      : "The durations of attempts are not shown; each wait is as long as possible.",
  ]
}
