/**
 * What became of each attempt of a call: carried by the last error, so that nobody has to guess from logs.
 */
import type * as Cause from "effect/Cause"
import type { Classified } from "../errors/Verdict.ts"

/**
 * Who decided what came after an attempt.
 *
 * **Details**
 *
 * `backoff` and `server` (its hint was longer) sent the call again; the others ended it: the error's verdict, its one
 * `once`, the attempts, the schedule, the server's hint (longer than the policy waits for), the budget or the deadline.
 */
export type Decision =
  | "backoff"
  | "server"
  | "verdict"
  | "once"
  | "attempts"
  | "schedule"
  | "hint"
  | "budget"
  | "deadline"

/**
 * One failed attempt. Times are in milliseconds.
 *
 * **Details**
 *
 * `startedAt` is a date for display: the wall clock is read once, at the first failure, and the dates of all attempts are
 * calculated from it with the monotonic clock. So their differences are right even if the wall clock is set.
 */
export interface Entry {
  /** From 1. */
  readonly number: number
  readonly error: Classified
  /** Whether it was sent, and not refused before by a limit or a breaker. */
  readonly sent: boolean
  readonly startedAt: number
  readonly duration: number
  /** The wait before it. */
  readonly wait: number
  readonly decidedBy: Decision
}

/**
 * The attempts in their order.
 *
 * **Details**
 *
 * Of a call with more than 64 attempts the first 16 and the last 48 are kept. The numbers of the entries show the gap, and
 * {@link omitted} counts what is missing.
 */
export type Timeline = ReadonlyArray<Entry>

interface Attached {
  readonly timeline: Timeline
  /** How many timelines were attached before this one, to any error. */
  readonly order: number
  /** The epoch that its dates were calculated from, if known. */
  readonly epoch: number | undefined
}

const timelines = new WeakMap<object, Attached>()

let attachments = 0

/** Attaches a timeline to an error. `epoch` is for timelines whose dates were calculated from monotonic times. */
export const attach = <E extends object>(error: E, timeline: Timeline, epoch?: number): E => {
  timelines.set(error, { timeline, order: attachments++, epoch })
  return error
}

/** @internal How many timelines have been attached so far. */
export const attached = (): number => attachments

/**
 * @internal Prepends the attempts of one error to those of another, if the latter were attached after `before`: an error value that
 * is reused for many calls has the attempts of an earlier call.
 */
export const inherit = (from: unknown, to: object, before: number): void => {
  const earlier = find(from)
  if (earlier === undefined || earlier.timeline.length === 0) return
  const found = find(to)
  const own = found !== undefined && found.order >= before ? found.timeline : []
  const step = (earlier.epoch ?? 0) - (found?.epoch ?? earlier.epoch ?? 0)
  const later = own
    .filter((entry) => !earlier.timeline.includes(entry))
    .map((entry) => (step === 0 ? entry : { ...entry, startedAt: entry.startedAt + step }))
  attach(to, [...earlier.timeline, ...later], earlier.epoch)
}

/**
 * The failed attempts behind an error that came out of a pipeline; empty where there were none.
 *
 * **Details**
 *
 * An error that was made of another one, and has it as its `cause`, has the other one's timeline.
 *
 * **Gotchas**
 *
 * An error that is one object for all calls has the timeline of the call that failed last.
 */
export const of = (error: unknown): Timeline => find(error)?.timeline ?? []

const find = (error: unknown): Attached | undefined => {
  let at = error
  // A chain of causes may be a circle; nobody wraps an error this often on purpose.
  for (let depth = 0; depth < 16 && typeof at === "object" && at !== null; depth++) {
    const found = timelines.get(at)
    if (found !== undefined) return found
    at = "cause" in at ? at.cause : undefined
  }
  return undefined
}

/** The failed attempts behind a cause: of its first error or defect that has any. */
export const fromCause = (cause: Cause.Cause<unknown>): Timeline => {
  for (const reason of cause.reasons) {
    const timeline = reason._tag === "Fail" ? of(reason.error) : reason._tag === "Die" ? of(reason.defect) : []
    if (timeline.length > 0) return timeline
  }
  return []
}

/** How many attempts are missing between those that were kept. */
export const omitted = (timeline: Timeline): number =>
  timeline.reduce((total, _, index) => total + omittedBefore(timeline, index), 0)

/** How many attempts are missing before this one; the attempts of a fallback are numbered from 1 again. */
const omittedBefore = (timeline: Timeline, index: number): number => {
  const before = timeline[index - 1]
  const entry = timeline[index]
  return before === undefined || entry === undefined ? 0 : Math.max(entry.number - before.number - 1, 0)
}

/** The lines of the entries, with a line that counts missing attempts if there are any. */
const withGaps = (timeline: Timeline, lines: ReadonlyArray<string>): string =>
  lines
    .flatMap((line, index) => {
      const missing = omittedBefore(timeline, index)
      return missing === 0 ? [line] : [`… ${missing} attempt${missing === 1 ? "" : "s"} omitted`, line]
    })
    .join("\n")

/** An entry as JSON, for logs. Times are in whole milliseconds; `startedAt` is a date, of the epoch. */
export interface Json {
  readonly attempt: number
  /** How many attempts before it were not kept; absent where none is missing. */
  readonly omitted?: number
  /** The tag, and nothing else of the error: messages and fields are for those who know what is in them. */
  readonly error: string
  readonly sent: boolean
  readonly startedAt: number
  readonly durationMs: number
  readonly waitMs: number
  readonly decidedBy: Decision
}

/** The timeline as plain data that can be logged: no secret can be in it. */
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
 * A table for people, one line an attempt: its number, when it began, its error, how long it took, and what came then.
 *
 * **Details**
 *
 * The first attempt begins at 0 s. Names the errors by their tags only.
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

const again =
  (why: string) =>
  (wait: number | undefined): string =>
    wait === undefined ? `again${why}` : `again in ${seconds(wait)}${why}`

const consequence: Readonly<Record<Decision, (wait: number | undefined) => string>> = {
  backoff: again(""),
  server: again(", as was asked"),
  verdict: () => "not to be sent again",
  once: () => "sent again once already",
  attempts: () => "no attempt left",
  schedule: () => "the schedule has ended",
  hint: () => "the server asks for too long a wait",
  budget: () => "no budget for a retry",
  deadline: () => "no time for a retry",
}

/**
 * The same over time, one line an attempt: `─` waits, `█` the attempt, `×` one that was not sent.
 *
 * **Details**
 *
 * `width` is the number of columns from the beginning of the first attempt to the end of the last. An attempt takes one
 * column at least, so that none goes unseen.
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

/** Two digits after the point below 100 s, one from there. */
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 99_995 ? 2 : 1)} s`
