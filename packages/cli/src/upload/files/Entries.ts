/**
 * Keeps the files of a run, with counts of those that have finished.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { Outcome } from "../../process/ExitCode.ts"
import type * as Event from "../Event.ts"
import * as Meter from "../progress/Meter.ts"
import * as Files from "./Files.ts"

/** A file with its meter. */
interface Row {
  entry: Files.Entry
  meter: Meter.Meter | undefined
}

/** The files of a run. A file keeps its index. */
export interface Entries {
  /** The number of files that were added. */
  readonly total: () => number
  /** The number of files that have finished. */
  readonly finished: () => number
  readonly add: (entry: Files.Entry) => number
  /** Returns a file, unless the run no longer keeps it. */
  readonly at: (index: number) => Files.Entry | undefined
  readonly update: (index: number, change: Partial<Files.Entry>) => void
  /** Applies an event of the file's upload. */
  readonly observe: (index: number, event: RealtimeEvent | UploadEvent, now: number) => void
  /** Records the progress of a file that another process sends. */
  readonly follow: (index: number, bytes: number, confirmed: number, now: number) => void
  /** The files that have not finished, in the order in which they were added. */
  readonly open: () => ReadonlyArray<readonly [number, Files.Entry]>
  /** The files that have not finished, and the last ones that have, in the order in which they were added. */
  readonly kept: () => ReadonlyArray<Files.Entry>
  /** The outcomes of all files. The order and the number of equal outcomes have no meaning. */
  readonly outcomes: () => ReadonlyArray<Outcome | undefined>
  /** The number of files with each outcome of the summary. */
  readonly counts: () => Record<Event.FileOutcome, number>
  /** The sum of the values of all files, and the values of each file that is being sent. */
  readonly readings: (now: number) => {
    readonly sum: Meter.Reading
    readonly active: ReadonlyArray<{
      readonly index: number
      readonly entry: Files.Entry
      readonly reading: Meter.Reading
    }>
  }
  /** Whether an upload of the run has begun. */
  readonly isBegun: () => boolean
}

/** Returns the values of a file. A file that has finished no longer has a rate. */
const reading = ({ entry, meter }: Row, now: number): Meter.Reading => {
  const rest = { rate: undefined, left: undefined }
  if (entry.outcome === "ok" || entry.outcome === "unproven") {
    return { total: entry.bytes, sent: entry.bytes, confirmed: entry.bytes, ...rest }
  }
  const read = meter === undefined ? { total: entry.bytes, sent: 0, confirmed: 0, ...rest } : Meter.read(meter, now)
  return entry.outcome === undefined ? read : { ...read, ...rest }
}

/**
 * Creates the files of a run.
 *
 * **Details**
 *
 * A run that watches a folder has no end, so it keeps only the last `keep` finished files. Of all others, it keeps the counts.
 * The time to read the progress depends only on the files that have not finished.
 */
export const make = (entries: ReadonlyArray<Files.Entry>, keep = Number.POSITIVE_INFINITY): Entries => {
  const open = new Map<number, Row>()
  const ended = new Map<number, Row>()
  let total = 0
  let finished = 0
  let isBegun = false
  const counts = { uploaded: 0, unverified: 0, skipped: 0, failed: 0, interrupted: 0, queued: 0 }
  /** The outcomes of the files that are no longer kept. */
  const forgotten = new Set<Outcome | undefined>()
  /** The values of all files that have finished. */
  let done = Meter.sum([])

  const rowAt = (index: number) => open.get(index) ?? ended.get(index)
  /** Adds a finished file to the sums, or removes it from them if `sign` is -1. */
  const count = (row: Row, sign: 1 | -1): void => {
    const { confirmed, sent, total: bytes } = reading(row, 0)
    done = {
      ...done,
      total: done.total + sign * bytes,
      sent: done.sent + sign * sent,
      confirmed: done.confirmed + sign * confirmed,
    }
    counts[Files.outcomeOf(row.entry)] += sign
  }
  const finish = (index: number, row: Row): void => {
    open.delete(index)
    ended.set(index, row)
    finished++
    if (ended.size <= keep) return
    const [oldest] = ended
    if (oldest === undefined) return
    forgotten.add(oldest[1].entry.outcome)
    ended.delete(oldest[0])
  }
  const add = (entry: Files.Entry): number => {
    const index = total++
    open.set(index, { entry, meter: undefined })
    return index
  }
  for (const entry of entries) add(entry)

  const put = (index: number, row: Row, entry: Files.Entry): void => {
    const isEnded = ended.has(index)
    if (isEnded) count(row, -1)
    row.entry = entry
    if (entry.outcome === undefined) return
    count(row, 1)
    if (!isEnded) finish(index, row)
  }
  const rows = () => [...open, ...ended].sort(([a], [b]) => a - b).map(([, row]) => row)

  return {
    total: () => total,
    finished: () => finished,
    add,
    at: (index) => rowAt(index)?.entry,
    update: (index, change) => {
      const row = rowAt(index)
      if (row !== undefined) put(index, row, { ...row.entry, ...change })
    },
    observe: (index, event, now) => {
      const row = open.get(index)
      if (row === undefined) return
      isBegun = true
      row.entry = Files.apply(row.entry, event)
      row.meter = Meter.next(row.meter ?? Meter.empty, event, now)
    },
    follow: (index, bytes, confirmed, now) => {
      const row = open.get(index)
      if (row === undefined) return
      isBegun = true
      if (!row.entry.begun) row.entry = { ...row.entry, begun: true, begunAt: now }
      row.meter = Meter.follow(row.meter, { bytes, confirmed }, now)
    },
    open: () => [...open].map(([index, { entry }]) => [index, entry]),
    kept: () => rows().map(({ entry }) => entry),
    outcomes: () => [...forgotten, ...rows().map(({ entry }) => entry.outcome)],
    counts: () => {
      const all = { ...counts }
      for (const { entry } of open.values()) all[Files.outcomeOf(entry)]++
      return all
    },
    readings: (now) => {
      const readings = [...open].map(([index, row]) => ({ index, row, reading: reading(row, now) }))
      return {
        sum: Meter.sum([done, ...readings.map((one) => one.reading)]),
        active: readings.flatMap(({ index, reading: read, row: { entry, meter } }) =>
          meter === undefined ? [] : [{ index, entry, reading: read }],
        ),
      }
    },
    isBegun: () => isBegun,
  }
}
