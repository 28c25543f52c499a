/**
 * The history of a call's attempts. The history is attached to the last error, so that logs can show what happened.
 */
import type * as Cause from "effect/Cause"
import { type Decision, find, type Timeline } from "./attachments.ts"

export type { Decision, Entry, Timeline } from "./attachments.ts"
export { attach } from "./attachments.ts"

/**
 * The failed attempts that led to an error from a pipeline; empty if there are none.
 *
 * **Details**
 *
 * An error shares the timeline of the error in its `cause`.
 *
 * **Gotchas**
 *
 * If several calls fail with the same error object, the object has the timeline of the call that failed last.
 */
export const of = (error: unknown): Timeline => find(error)?.timeline ?? []

/** The failed attempts that led to a cause, taken from the first error or defect in the cause that has a timeline. */
export const fromCause = (cause: Cause.Cause<unknown>): Timeline => {
  for (const reason of cause.reasons) {
    const timeline = reason._tag === "Fail" ? of(reason.error) : reason._tag === "Die" ? of(reason.defect) : []
    if (timeline.length > 0) return timeline
  }
  return []
}

/** The total number of attempts that were dropped from the timeline. */
export const omitted = (timeline: Timeline): number =>
  timeline.reduce((total, _, index) => total + omittedBefore(timeline, index), 0)

/**
 * The number of attempts that were dropped directly before the attempt at the given index. The numbering restarts at 1 for
 * the attempts of a fallback.
 */
const omittedBefore = (timeline: Timeline, index: number): number => {
  const before = timeline[index - 1]
  const entry = timeline[index]
  return before === undefined || entry === undefined ? 0 : Math.max(entry.number - before.number - 1, 0)
}

/** Joins the lines of the entries and inserts a line with the number of dropped attempts wherever attempts were dropped. */
const withGaps = (timeline: Timeline, lines: ReadonlyArray<string>): string =>
  lines
    .flatMap((line, index) => {
      const missing = omittedBefore(timeline, index)
      return missing === 0 ? [line] : [`… ${missing} attempt${missing === 1 ? "" : "s"} omitted`, line]
    })
    .join("\n")

/**
 * A timeline entry as JSON, for use in logs. Times are in whole milliseconds; `startedAt` is a date in epoch milliseconds.
 */
export interface Json {
  readonly attempt: number
  /** The number of attempts that were dropped directly before this attempt; absent if none were dropped. */
  readonly omitted?: number
  /** The tag of the error. The message and the fields of the error are omitted, because they may contain secrets. */
  readonly error: string
  readonly sent: boolean
  readonly startedAt: number
  readonly durationMs: number
  readonly waitMs: number
  readonly decidedBy: Decision
}

/** The timeline as plain data for logs. The data cannot contain a secret. */
export const toJson = (timeline: Timeline): ReadonlyArray<Json> =>
  timeline.map(({ decidedBy, duration, error, number, sent, startedAt, wait }, index) => ({
    attempt: number,
    ...(omittedBefore(timeline, index) === 0 ? {} : { omitted: omittedBefore(timeline, index) }),
    error: error._tag,
    sent,
    startedAt: Math.round(startedAt),
    durationMs: Math.round(duration),
    waitMs: Math.round(wait),
    decidedBy,
  }))

/**
 * Renders a human-readable table with one line per attempt. Each line shows the attempt's number, start, error and duration,
 * and what happened next.
 *
 * **Details**
 *
 * The first attempt starts at 0 s. Only the tags of errors are shown.
 */
export const render = (timeline: Timeline): string => {
  const rows = timeline.map(({ decidedBy, duration, error, number, sent, startedAt }, index) => [
    `${number}.`,
    seconds(startedAt - begun(timeline)),
    error._tag,
    sent ? `after ${seconds(duration)}` : "not sent",
    consequence[decidedBy](omittedBefore(timeline, index + 1) === 0 ? timeline[index + 1]?.wait : undefined),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  "),
  )
  return withGaps(timeline, lines)
}

const begun = (timeline: Timeline): number => timeline[0]?.startedAt ?? 0

const retry =
  (why: string) =>
  (wait: number | undefined): string =>
    wait === undefined ? `retry${why}` : `retry in ${seconds(wait)}${why}`

const consequence: Readonly<Record<Decision, (wait: number | undefined) => string>> = {
  backoff: retry(""),
  server: retry(" (Retry-After)"),
  verdict: () => "not retried: the verdict of the error is never",
  once: () => "not retried: the only allowed retry has been used",
  attempts: () => "no attempt left",
  schedule: () => "the schedule has ended",
  hint: () => "not retried: the server requests a wait that exceeds hintCap",
  budget: () => "not retried: the retry budget is exhausted",
  deadline: () => "not retried: too little time is left before the deadline",
}

/**
 * Renders a timeline chart with one line per attempt: `─` represents a wait, `█` represents an attempt, and `×` represents an
 * attempt that was not sent.
 *
 * **Details**
 *
 * `width` is the number of columns from the start of the first attempt to the end of the last attempt. Each attempt occupies
 * at least one column, so that every attempt is visible.
 */
export const chart = (timeline: Timeline, width = 60): string => {
  const last = timeline.at(-1)
  if (last === undefined) return ""
  const from = begun(timeline)
  const span = Math.max(last.startedAt + last.duration - from, 1)
  // Clamped to the chart, because a timeline made by hand can have any dates.
  const within = (column: number): number => Math.min(Math.max(column, 0), width)
  const column = (ms: number): number => Math.min(within(Math.floor(((ms - from) / span) * width)), width - 1)
  const digits = String(Math.max(...timeline.map(({ number }) => number))).length
  const lines = timeline.map(({ duration, number, sent, startedAt, wait }) => {
    const start = column(startedAt)
    const waited = Math.min(column(startedAt - wait), start)
    const end = Math.max(within(Math.round(((startedAt + duration - from) / span) * width)), start + 1)
    const mark = sent ? "█".repeat(end - start) : "×"
    return `${String(number).padStart(digits)} ${" ".repeat(waited)}${"─".repeat(start - waited)}${mark}`
  })
  return withGaps(timeline, lines)
}

/** Formats a time in seconds, with two decimal places below 100 s and one decimal place at 100 s and above. */
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 99_995 ? 2 : 1)} s`
