/**
 * Draws captures of a terminal (`tmux capture-pane -e -p`) as one SVG that plays them in turn.
 *
 *     node packages/tools/docs/recording/terminalSvg.ts folder > picture.svg
 *
 * The folder has one file per frame, `<milliseconds>.txt`; they are ordered by number, and identical frames are drawn once. A
 * viewer without animation shows the last frame.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const columns = 96
const cell = { width: 8.4, height: 19 }
const margin = 20
const hold = 6000
const colors = ["#3b4252", "#f0717a", "#8ccf7e", "#e5c76b", "#67b0e8", "#c47fd5", "#6cbfbf", "#d8dee9"]
const plain = "#d8dee9"

interface Style {
  readonly color: string
  readonly bold: boolean
  readonly dim: boolean
}

interface Span extends Style {
  readonly column: number
  readonly text: string
}

const esc = String.fromCharCode(27)
const sequence = new RegExp(`(${esc}\\[[0-9;:]*m)`)

const start: Style = { color: plain, bold: false, dim: false }

/** Applies an SGR sequence to a style; unknown codes are ignored. */
const restyle = (style: Style, codes: ReadonlyArray<number>): Style => {
  let next = style
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 0) next = start
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 2) next = { ...next, dim: true }
    else if (code === 22) next = { ...next, bold: false, dim: false }
    else if (code === 39) next = { ...next, color: plain }
    else if (code >= 30 && code <= 37) next = { ...next, color: colors[code - 30] ?? plain }
    else if (code >= 90 && code <= 97) next = { ...next, color: colors[code - 90] ?? plain }
    else if (code === 38 && codes[i + 1] === 2) {
      next = { ...next, color: `rgb(${codes.slice(i + 2, i + 5).join(",")})` }
      i += 4
    } else if (code === 38 || code === 48) i += codes[i + 1] === 2 ? 4 : 2
  }
  return next
}

/** The spans of every line. A style continues beyond the end of its line, as in tmux. */
const parse = (capture: string): ReadonlyArray<ReadonlyArray<Span>> => {
  let style = start
  return capture.split("\n").map((line) => {
    const spans: Array<Span> = []
    let column = 0
    for (const part of line.split(sequence)) {
      if (part.startsWith(esc)) {
        style = restyle(style, part.slice(2, -1).split(/[;:]/).map(Number))
      } else if (part !== "") {
        spans.push({ ...style, column, text: part })
        column += [...part].length
      }
    }
    return spans
  })
}

/** Escapes a text for XML, with spaces that do not collapse. */
const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0")

const drawSpan = ({ bold, color, column, dim, text }: Span, row: number): string => {
  const trimmed = text.trimEnd()
  const indent = trimmed.length - trimmed.trimStart().length
  const shown = trimmed.trimStart()
  if (shown === "") return ""
  const x = (margin + (column + indent) * cell.width).toFixed(1)
  const y = margin + 26 + row * cell.height
  const width = ([...shown].length * cell.width).toFixed(1)
  const look = `${color === plain ? "" : ` fill="${color}"`}${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity=".6"' : ""}`
  return `<text x="${x}" y="${y}" textLength="${width}" lengthAdjust="spacingAndGlyphs"${look}>${escape(shown)}</text>`
}

const drawLines = (capture: string): string =>
  parse(capture)
    .flatMap((spans, row) => spans.map((span) => drawSpan(span, row)))
    .join("")

const [folder = "."] = process.argv.slice(2)
const shots = readdirSync(folder)
  .filter((name) => /^\d+\.txt$/.test(name))
  .map((name) => ({ at: Number.parseInt(name, 10), text: readFileSync(join(folder, name), "utf8").trimEnd() }))
  .sort((a, b) => a.at - b.at)
  .filter(({ text }) => text.trim() !== "")
const frames = shots.filter(({ text }, i) => text !== shots[i - 1]?.text)
const first = frames[0]?.at ?? 0
const end = (frames.at(-1)?.at ?? 0) - first + hold
const rows = Math.max(...frames.map(({ text }) => text.split("\n").length))
const width = Math.round(2 * margin + columns * cell.width)
const height = 2 * margin + 14 + rows * cell.height

const groups = frames.map(({ at, text }, i) => {
  const from = (at - first) / end
  const next = frames[i + 1]
  const to = next === undefined ? 1 : (next.at - first) / end
  const values =
    i === 0 ? ["visible", "hidden"] : next === undefined ? ["hidden", "visible"] : ["hidden", "visible", "hidden"]
  const times = [0, ...(i === 0 ? [] : [from]), ...(next === undefined ? [] : [to])].map((time) => time.toFixed(4))
  const animation = `<animate attributeName="visibility" calcMode="discrete" dur="${end}ms" repeatCount="indefinite" values="${values.join(";")}" keyTimes="${times.join(";")}"/>`
  return `<g visibility="${next === undefined ? "visible" : "hidden"}">${animation}${drawLines(text)}</g>`
})

console.log(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="100%" height="100%" rx="10" fill="#1b1f27"/>`,
    ...["#f0717a", "#e5c76b", "#8ccf7e"].map(
      (fill, i) => `<circle cx="${margin + i * 18}" cy="18" r="5" fill="${fill}"/>`,
    ),
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${plain}">`,
    ...groups,
    "</g>",
    "</svg>",
  ].join("\n"),
)
