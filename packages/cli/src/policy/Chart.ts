/**
 * Computes the earliest and latest times at which each attempt of a policy can begin, and how long the wait before each
 * attempt can be.
 */
import * as Duration from "effect/Duration"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import * as Retry from "@holdfast/core/Retry"

/** A range of times in milliseconds. `Infinity` means that the range has no limit. */
export interface Span {
  readonly shortest: number
  readonly longest: number
}

/** One attempt. */
export interface AttemptRow {
  /** The number of the attempt, counted from 1. */
  readonly number: number
  /** The wait before the attempt, after jitter is applied. There is no wait before the first attempt. */
  readonly wait: Span | undefined
  /**
   * The earliest and latest start times of the attempt. The earliest time assumes that every previous attempt fails
   * immediately. The latest time assumes that every previous attempt takes its full time.
   */
  readonly start: Span
}

/** The data that a chart shows. */
export interface Chart {
  readonly rows: ReadonlyArray<AttemptRow>
  /** The number of attempts that can occur but that the chart does not show. */
  readonly more: number
  /**
   * The number of attempts that cannot begin before the deadline, even if all previous attempts fail immediately.
   */
  readonly late: number
  /**
   * The maximum duration of one attempt, including the time spent in queues and on hedged copies. `Infinity` means no limit.
   */
  readonly attempt: number
  readonly deadline: number
  /** The time at which the time axis ends. */
  readonly end: number
}

/**
 * The maximum number of attempts that the chart draws. The waits before later attempts equal the wait before the last drawn
 * attempt.
 */
export const most = 16

/**
 * The maximum number of attempts to compute. If the waits are zero, the start time never reaches the deadline, so the
 * deadline does not limit the computation.
 */
const counted = 10_000

/** Computes the chart for the settings of a pipeline. */
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

/**
 * The latest time at which the last drawn attempt ends. If the deadline is earlier than this time, the result is slightly
 * later than the deadline. If the duration of attempts is not limited, only the waits are counted.
 */
const endOf = (rows: ReadonlyArray<AttemptRow>, attempt: number, deadline: number): number => {
  const drawn = rows.map((row) => drawnStart(rows, row, attempt))
  const last = (drawn.at(-1) ?? 0) + (Number.isFinite(attempt) ? attempt : 0)
  if (last === 0) return 1000
  // The axis extends slightly beyond the deadline, so that the deadline is visible.
  return deadline < last ? deadline * 1.04 : last
}

/**
 * The time at which an attempt is drawn: the latest time at which the attempt can begin. If the duration of an attempt is not
 * limited, the attempt is drawn without a duration.
 */
export const drawnStart = (rows: ReadonlyArray<AttemptRow>, row: AttemptRow, attempt: number): number =>
  Number.isFinite(attempt)
    ? row.start.longest
    : rows.slice(0, row.number).reduce((sum, { wait }) => sum + (wait?.longest ?? 0), 0)

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const longSteps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
const tickSteps = [...steps, ...longSteps.map((seconds) => seconds * 1000)]

/**
 * Returns tick times at round values along the axis, starting at 0. The number of ticks does not exceed the given maximum.
 */
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
