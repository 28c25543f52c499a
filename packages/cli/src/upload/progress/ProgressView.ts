/**
 * Formats the progress as a block of at least four lines on a terminal, and otherwise as one line. Pure.
 */
import * as Columns from "../../terminal/Columns.ts"
import * as Format from "../../terminal/Format.ts"
import * as Printable from "../../terminal/Printable.ts"
import type { Style } from "../../terminal/Style.ts"
import type { Reading } from "./Meter.ts"
import type { Waiting } from "./Waiting.ts"

/** A file that is being sent. */
export interface FileProgress {
  readonly path: string
  readonly name: string
  /** The position of this file in the run, counted from 1. */
  readonly position: number
  readonly reading: Reading
}

/** The content that the view shows. */
export interface Snapshot {
  /** The files that are being sent, in the order of the run. */
  readonly files: ReadonlyArray<FileProgress>
  /** The whole run: the number of files, the number of files with an outcome, and the sums over all files. */
  readonly run: { readonly files: number; readonly finished: number; readonly reading: Reading }
  readonly retries: number
  readonly waiting: Waiting | undefined
  /** The last fault and the reaction to that fault, which are shown while the run is not waiting. */
  readonly note: string | undefined
  /** The project and the status of the device, if they are known. */
  readonly device: string | undefined
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

/** The maximum number of files that the block shows. A terminal of 24 lines then still shows messages above the block. */
const mostFiles = 6

/**
 * Formats the block. No line is wider than the terminal, because redrawing a wrapped line would leave parts of the old line
 * on the screen.
 */
export const block = (snapshot: Snapshot, columns: number, style: Style): ReadonlyArray<string> => {
  const width = Math.max(20, Math.min(columns, 100) - 4)
  const { device, files, waiting } = snapshot
  const [only, ...others] = files
  const body =
    only !== undefined && others.length === 0 ? single(only, snapshot, width, style) : several(snapshot, width, style)
  // A reason often ends with its remedy, so it is wrapped instead of cut.
  const status = Columns.wrap(Printable.clean(waiting?.text ?? snapshot.note ?? idle(files)), width)
  const paint = waiting === undefined ? style.dim : waiting.human ? style.bad : style.wait
  return [
    "",
    ...(device === undefined ? [] : [`  ${style.dim(Format.fit(Printable.clean(device), width))}`]),
    ...body,
    ...status.map((text) => `  ${paint(text)}`),
    "",
  ]
}

/** Whether the run has nothing to send at the moment, as a watched folder between two files. */
export const isIdle = ({ files, run, waiting }: Snapshot): boolean =>
  files.length === 0 && run.finished === run.files && waiting === undefined

/** The status of a run that is not waiting. */
const idle = (files: ReadonlyArray<FileProgress>): string => {
  if (files.length === 0) return "no file is being sent"
  const reasons = files.map(({ reading }) => awaited(reading))
  return reasons.every((reason) => reason !== undefined) ? (reasons[0] ?? "sending") : "sending"
}

/** Formats one file: its name and size, its bar and its counts. */
const single = (file: FileProgress, { retries, run }: Snapshot, width: number, style: Style): ReadonlyArray<string> => {
  const { reading } = file
  const size = Format.bytes(reading.total) + (run.files === 1 ? "" : `  ${file.position} of ${run.files}`)
  // Cleaned before it is measured, because escapes are longer than the characters they replace.
  const name = Format.fit(Printable.clean(file.name), width - size.length - 2)
  const share = Format.percent(reading.confirmed, reading.total).padStart(6)
  return [
    `  ${style.bold(name)}${" ".repeat(width - name.length - size.length)}${style.dim(size)}`,
    `  ${bar(reading, width - share.length, style)}${share}`,
    ...inRows(counts(reading, retries), width).map((row) => `  ${row}`),
  ]
}

/** Formats several files: one line for each file, and the counts of the whole run. */
const several = ({ files, retries, run }: Snapshot, width: number, style: Style): ReadonlyArray<string> => {
  const rows = files.slice(0, mostFiles).map(({ name, reading }) => {
    const share = Format.percent(reading.confirmed, reading.total).padStart(6)
    const bars = Math.max(4, Math.min(30, Math.floor((width - share.length) / 2)))
    const shown = Format.fit(Printable.clean(name), width - share.length - bars - 2)
    return `  ${style.bold(shown)}${" ".repeat(width - shown.length - bars - share.length)}${bar(reading, bars, style)}${share}`
  })
  const hidden = files.length - rows.length
  return [
    ...rows,
    ...(hidden === 0 ? [] : [`  ${style.dim(`and ${Format.count(hidden, "other file", "other files")}`)}`]),
    ...inRows([remaining(run), ...counts(run.reading, retries)], width).map((row) => `  ${row}`),
  ]
}

/** The number of files and bytes that are left. */
const remaining = ({ files, finished, reading }: Snapshot["run"]): string =>
  `${Format.count(files - finished, "file", "files")} and ${Format.bytes(reading.total - reading.confirmed)} left`

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
  const { files, run, waiting } = snapshot
  const [only, ...others] = files
  const isOne = only !== undefined && others.length === 0
  const reading = isOne ? only.reading : run.reading
  const where = isOne
    ? run.files === 1
      ? only.name
      : `${only.name} (${only.position} of ${run.files})`
    : `${Format.count(files.length, "file", "files")} of ${run.files}`
  const share = `${Format.percent(reading.confirmed, reading.total)} of ${Format.bytes(reading.total)}`
  const status = waiting?.text ?? (isOne ? awaited(reading) : undefined)
  const parts = [
    share,
    ...(isOne ? [] : [remaining(run)]),
    ...counts(reading, snapshot.retries),
    ...(status === undefined ? [] : [status]),
  ]
  return `${where}: ${parts.join(", ")}`
}
