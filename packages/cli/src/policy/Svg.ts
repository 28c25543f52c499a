/**
 * Draws the chart of a policy as an SVG image that supports light and dark mode.
 *
 * **Details**
 *
 * The same settings always produce the same image, because the image does not contain the current time or random names. Text
 * in the image is stored as text, so that it can be read aloud, searched and translated.
 */
import * as Columns from "../terminal/Columns.ts"
import * as PolicyChart from "./Chart.ts"
import type { PolicyReport } from "./Report.ts"
import * as PolicyText from "./Text.ts"

const width = 760
const margin = 20
const line = 22
/** The left and right edges of the chart, which is drawn to the right of three columns of figures. */
const left = 250
const right = width - margin - 10
const rowHeight = 26
const barHeight = 14

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

/** Rounds a coordinate in pixels to two decimal places. */
const px = (n: number): string => String(Math.round(n * 100) / 100)

const style = [
  "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;fill:var(--ink)}",
  "svg{--paper:#fff;--ink:#1f2328;--soft:#59636e;--rule:#d1d9e0;--attempt:#1f7a3f;--wait:#afb8c1;--band:#d4a72c;--limit:#cf222e}",
  "@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--soft:#9198a1;--rule:#3d444d;--attempt:#57ab5a;--wait:#545d68;--band:#c69026;--limit:#f47067}}",
  ".paper{fill:var(--paper)}.soft{fill:var(--soft)}.line{font-weight:600}.figure{font-size:15px;font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}",
  ".rule{stroke:var(--rule)}.limit{stroke:var(--limit);stroke-dasharray:4 3}.attempt{fill:var(--attempt)}.wait{fill:var(--wait)}.band{fill:var(--band)}",
].join("")

/** Draws the picture. */
export const make = ({ chart, line: stages, worst }: PolicyReport): string => {
  const { attempt, deadline, end, rows } = chart
  const x = (ms: number): number => left + (Math.min(ms, end) / end) * (right - left)
  const parts: Array<string> = []
  const text = (at: number, y: number, content: string, className = ""): void => {
    parts.push(
      `<text x="${px(at)}" y="${px(y)}"${className === "" ? "" : ` class="${className}"`}>${escape(content)}</text>`,
    )
  }
  const bar = (className: string, from: number, to: number, y: number): void => {
    if (to > from)
      parts.push(
        `<rect class="${className}" x="${px(x(from))}" y="${px(y)}" width="${px(x(to) - x(from))}" height="${barHeight}" rx="2"/>`,
      )
  }

  let y = margin + 14
  for (const piece of PolicyText.stages(stages, 96)) {
    text(margin + (piece.length - piece.trimStart().length) * 8, y, piece.trimStart(), "line")
    y += line
  }
  y += 4
  for (const piece of Columns.wrap(worst.text, 84)) {
    text(margin, y, piece, "figure")
    y += line
  }
  y += 14
  text(margin + 10, y, "#", "soft end")
  text(margin + 100, y, "wait", "soft end")
  text(left - 20, y, "begins at", "soft end")
  const top = y + 8
  const bottom = top + rows.length * rowHeight
  for (const tick of PolicyChart.ticks(end, 7)) {
    const at = px(x(tick))
    parts.push(`<line class="rule" x1="${at}" y1="${px(top)}" x2="${at}" y2="${px(bottom)}"/>`)
    text(x(tick), y, tick === 0 ? "0" : PolicyText.time(tick), "soft mid")
  }
  rows.forEach((row, n) => {
    const middle = top + n * rowHeight + rowHeight / 2
    const base = middle + 4.5
    text(margin + 10, base, String(row.number), "end")
    if (row.wait !== undefined) text(margin + 100, base, PolicyText.range(row.wait.shortest, row.wait.longest), "end")
    text(left - 20, base, PolicyText.range(row.start.shortest, row.start.longest), "end")
    const until = Math.min(deadline, end)
    const at = PolicyChart.drawnStart(rows, row, attempt)
    const { longest, shortest } = row.wait ?? { shortest: 0, longest: 0 }
    const low = middle - barHeight / 2
    bar("wait", at - longest, Math.min(at - longest + shortest, until), low)
    bar("band", at - longest + shortest, Math.min(at, until), low)
    if (Number.isFinite(attempt)) bar("attempt", at, Math.min(at + attempt, until), low)
    else if (at <= until) parts.push(`<circle class="attempt" cx="${px(x(at))}" cy="${px(middle)}" r="5"/>`)
  })
  if (deadline < end) {
    const at = px(x(deadline))
    parts.push(`<line class="limit" x1="${at}" y1="${px(top)}" x2="${at}" y2="${px(bottom)}"/>`)
  }
  y = bottom + 24
  for (const words of PolicyChart.beyond(chart)) {
    text(margin, y, words, "soft")
    y += line
  }
  let at = margin
  const key = (className: string, label: string, round = 2): void => {
    parts.push(`<rect class="${className}" x="${px(at)}" y="${px(y - 11)}" width="14" height="14" rx="${round}"/>`)
    text(at + 20, y, label, "soft")
    at += 20 + label.length * 6.6 + 24
  }
  if (Number.isFinite(attempt)) key("attempt", `attempt, up to ${PolicyText.time(attempt)}`)
  else key("attempt", "attempt, without bound", 7)
  if (rows.some(({ wait }) => wait !== undefined)) {
    key("wait", "wait")
    key("band", "its jitter")
  }
  if (deadline < end) {
    parts.push(`<line class="limit" x1="${px(at + 7)}" y1="${px(y - 12)}" x2="${px(at + 7)}" y2="${px(y + 3)}"/>`)
    text(at + 20, y, `deadline ${PolicyText.time(deadline)}`, "soft")
  }
  y += line
  text(
    margin,
    y,
    Number.isFinite(attempt)
      ? "Worst case: each attempt takes its full time, and each wait is as long as possible."
      : "The durations of attempts are not shown; each wait is as long as possible.",
    "soft",
  )
  const height = Math.ceil(y + margin)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escape(stages)}</title>`,
    `<desc id="d">${escape(worst.text)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n")
}
