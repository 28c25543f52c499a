/**
 * The attempts of a policy over time: when each can begin at the earliest and the latest, and the wait before it.
 */
import * as Duration from "effect/Duration"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import * as Retry from "@holdfast/core/Retry"

/** A range of times in milliseconds; `Infinity` means no limit. */
export interface Span {
  readonly shortest: number
  readonly longest: number
}

/** One attempt. */
export interface AttemptRow {
  /** The number of the attempt, counted from 1. */
  readonly number: number
  /** The wait before it, after jitter. The first attempt has none. */
  readonly wait: Span | undefined
  /**
   * The start time: the minimum assumes that every attempt fails immediately, the maximum that every attempt takes its
   * full time.
   */
  readonly start: Span
}

/** The content of a chart. */
export interface Chart {
  readonly rows: ReadonlyArray<AttemptRow>
  /** The number of possible attempts that the chart omits. */
  readonly more: number
  /**
   * The number of attempts of the policy for which the deadline leaves no time, even if all others fail immediately.
   */
  readonly late: number
  /** The longest duration of one attempt, including queues and copies; `Infinity` means no limit. */
  readonly attempt: number
  readonly deadline: number
  /** The end of the time axis. */
  readonly end: number
}

/** The number of attempts that are drawn. The waits before later ones equal the last drawn wait. */
export const most = 16

/** The number of attempts that are computed. Without waits, no deadline would ever be reached. */
const counted = 10_000

/** Computes the chart of a pipeline's settings. */
export const make = (settings: Pipeline.Settings): Chart => {
  const { budget: _paid, deadline: limit, retry, ...inside } = settings
  const attempt = Pipeline.worstCase(PipelineSettings.makeUnsafe(inside)).time
  const deadline = limit === undefined ? Infinity : Duration.toMillis(Duration.fromInputUnsafe(limit))
  const { attempts, waits } = retry === undefined ? { attempts: 1, waits: undefined } : Retry.rules(retry)
  const rows: Array<AttemptRow> = []
  let start: Span = { shortest: 0, longest: 0 }
  let number = 1
  for (; number <= Math.min(attempts, counted) && start.shortest < deadline; number++) {
    const band = number === 1 ? undefined : waits?.band(number - 2)
    const wait = band && { shortest: band[0], longest: band[1] }
    if (wait !== undefined) {
      start = { shortest: start.shortest + wait.shortest, longest: start.longest + attempt + wait.longest }
      if (start.shortest >= deadline) break
    }
    if (number <= most) rows.push({ number, wait, start })
    // Thousands of attempts without a deadline are not computed one by one.
    else if (!Number.isFinite(deadline)) break
  }
  const late = number <= attempts && start.shortest >= deadline ? attempts - number + 1 : 0
  const more = attempts - late - rows.length
  return { rows, more, late, attempt, deadline, end: endOf(rows, attempt, deadline) }
}

/** The latest end of the last attempt. For attempts without a limit it counts only the waits. */
const endOf = (rows: ReadonlyArray<AttemptRow>, attempt: number, deadline: number): number => {
  const drawn = rows.map((row) => drawnStart(rows, row, attempt))
  const last = (drawn.at(-1) ?? 0) + (Number.isFinite(attempt) ? attempt : 0)
  if (last === 0) return 1000
  // The axis extends slightly beyond the deadline, so that the deadline is visible.
  return deadline < last ? deadline * 1.04 : last
}

/**
 * The time at which an attempt is drawn: its latest beginning. An attempt without a limit is drawn with no duration.
 */
export const drawnStart = (rows: ReadonlyArray<AttemptRow>, row: AttemptRow, attempt: number): number =>
  Number.isFinite(attempt)
    ? row.start.longest
    : rows.slice(0, row.number).reduce((sum, { wait }) => sum + (wait?.longest ?? 0), 0)

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const longSteps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
const tickSteps = [...steps, ...longSteps.map((seconds) => seconds * 1000)]

/** Round times along the axis, from 0, as many as fit up to a maximum. */
export const ticks = (end: number, atMost: number): ReadonlyArray<number> => {
  const step = tickSteps.find((step) => end / step < atMost) ?? Math.ceil(end / (atMost * 86_400_000)) * 86_400_000
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step)
}

/** Describes the attempts that are not drawn. */
export const beyond = ({ late, more }: Chart): ReadonlyArray<string> => [
  ...(more === 0 ? [] : [`and ${attempts(more, "more ")}, each after the same wait as the last attempt`]),
  ...(late === 0 ? [] : [`and ${attempts(late, "")} that the deadline prevents`]),
]

const attempts = (n: number, more: string): string => `${n} ${more}attempt${n === 1 ? "" : "s"}`
