/**
 * Formats the progress as a block of at least four lines on a terminal, and otherwise as one line. Pure.
 */
import * as Columns from "../terminal/Columns.ts"
import * as Format from "../terminal/Format.ts"
import * as Printable from "../terminal/Printable.ts"
import type { Style } from "../terminal/Style.ts"
import type { Reading } from "./Meter.ts"
import type { Waiting } from "./Waiting.ts"

/** The content that the view shows. */
export interface Snapshot {
  readonly path: string
  readonly name: string
  /** The position of this file in the run, counted from 1, and the total number of files. */
  readonly position: { readonly index: number; readonly of: number } | undefined
  readonly reading: Reading
  readonly retries: number
  readonly waiting: Waiting | undefined
  /** The last fault and the reaction to that fault, which are shown while the run is not waiting. */
  readonly note: string | undefined
}

const counts = ({ sent, confirmed, rate, left }: Reading, retries: number): ReadonlyArray<string> => [
  `confirmed ${Format.bytes(confirmed)}`,
  `sent ${Format.bytes(sent)}`,
  ...(rate === undefined ? [] : [Format.rate(rate)]),
  ...(left === undefined || left <= 0 ? [] : [`${Format.span(left)} left`]),
  ...(retries === 0 ? [] : [Format.count(retries, "retry", "retries")]),
]

/**
 * Draws a bar with three parts, which represent confirmed bytes, sent but unconfirmed bytes, and unsent bytes.
 *
 * **Details**
 *
 * The parts differ in shape as well as in color, so that the bar is readable even if `NO_COLOR` is set.
 */
export const bar = (reading: Reading, width: number, style: Style): string => {
  const cells = (part: number) => (reading.total === 0 ? width : Math.floor((part / reading.total) * width))
  const confirmed = cells(reading.confirmed)
  const sent = Math.max(confirmed, cells(reading.sent))
  return (
    style.good("━".repeat(confirmed)) + style.wait("╍".repeat(sent - confirmed)) + style.dim("─".repeat(width - sent))
  )
}

/**
 * The reason why the upload of a file has not finished even though the last byte has been sent. Checking a file of several
 * gigabytes takes minutes.
 */
export const awaited = ({ confirmed, sent, total }: Reading): string | undefined => {
  if (total === 0 || sent < total) return undefined
  return confirmed < total
    ? "all bytes sent, waiting for the storage to confirm them"
    : "all bytes confirmed, checking the file and the stored bytes"
}

/**
 * Formats the block. No line is wider than the terminal, because redrawing a wrapped line would leave parts of the old line
 * on the screen.
 */
export const block = (snapshot: Snapshot, columns: number, style: Style): ReadonlyArray<string> => {
  const width = Math.max(20, Math.min(columns, 100) - 4)
  const { reading, position, waiting } = snapshot
  const size = Format.bytes(reading.total) + (position === undefined ? "" : `  ${position.index} of ${position.of}`)
  // Cleaned before it is measured, because escapes are longer than the characters they replace.
  const name = Format.fit(Printable.clean(snapshot.name), width - size.length - 2)
  const share = Format.percent(reading.confirmed, reading.total).padStart(6)
  // A reason often ends with its remedy, so it is wrapped instead of cut.
  const status = Columns.wrap(Printable.clean(waiting?.text ?? snapshot.note ?? awaited(reading) ?? "sending"), width)
  const paint = waiting === undefined ? style.dim : waiting.human ? style.bad : style.wait
  return [
    "",
    `  ${style.bold(name)}${" ".repeat(width - name.length - size.length)}${style.dim(size)}`,
    `  ${bar(reading, width - share.length, style)}${share}`,
    ...inRows(counts(reading, snapshot.retries), width).map((row) => `  ${row}`),
    ...status.map((text) => `  ${paint(text)}`),
    "",
  ]
}

/** Joins the parts with three spaces, and puts as many parts as possible into each row. */
const inRows = (parts: ReadonlyArray<string>, width: number): ReadonlyArray<string> => {
  const rows: Array<string> = []
  for (const part of parts) {
    const last = rows.at(-1)
    if (last !== undefined && Columns.width(last) + 3 + Columns.width(part) <= width)
      rows.push(`${rows.pop()}   ${part}`)
    else rows.push(Format.fit(part, width))
  }
  return rows
}

/** Formats the progress as one line for logs and pipes. */
export const line = (snapshot: Snapshot): string => {
  const { name, position, reading, waiting } = snapshot
  const where = position === undefined ? name : `${name} (${position.index} of ${position.of})`
  const share = `${Format.percent(reading.confirmed, reading.total)} of ${Format.bytes(reading.total)}`
  const status = waiting?.text ?? awaited(reading)
  const parts = [share, ...counts(reading, snapshot.retries), ...(status === undefined ? [] : [status])]
  return `${where}: ${parts.join(", ")}`
}
