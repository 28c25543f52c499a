/**
 * The attempts of a policy in time: when each begins at the earliest and at the latest, and how long the wait before it is.
 */
import * as Duration from "effect/Duration"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import * as Retry from "@holdfast/core/Retry"

/** A span of time, in milliseconds; `Infinity` where nothing bounds it. */
export interface Span {
  readonly shortest: number
  readonly longest: number
}

/** One attempt. */
export interface AttemptRow {
  /** From 1. */
  readonly number: number
  /** The wait before it, after jitter; absent before the first. */
  readonly wait: Span | undefined
  /** When it begins: at the earliest where every attempt fails at once, at the latest where every one takes all its time. */
  readonly start: Span
}

/** What a chart shows. */
export interface Chart {
  readonly rows: ReadonlyArray<AttemptRow>
  /** Attempts beyond the rows that may be sent. */
  readonly more: number
  /** Attempts that the policy has and that no deadline lets begin, however quick the others fail. */
  readonly late: number
  /** The longest that one attempt takes, queues and copies included; `Infinity` where nothing bounds it. */
  readonly attempt: number
  readonly deadline: number
  /** All that the time axis has to hold. */
  readonly end: number
}

/** Attempts that are drawn; the waits of the others are as long as the last ones'. */
export const most = 16

/** Attempts that are looked at: with waits of nothing, no deadline would ever be reached. */
const counted = 10_000

/** The chart of settings that a pipeline was made of. */
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
    // Thousands of attempts are not counted one by one where nothing ends them.
    else if (!Number.isFinite(deadline)) break
  }
  const late = number <= attempts && start.shortest >= deadline ? attempts - number + 1 : 0
  const more = attempts - late - rows.length
  return { rows, more, late, attempt, deadline, end: endOf(rows, attempt, deadline) }
}

/** The end of the last attempt at the latest; where nothing bounds an attempt, the waits alone. */
const endOf = (rows: ReadonlyArray<AttemptRow>, attempt: number, deadline: number): number => {
  const drawn = rows.map((row) => drawnStart(rows, row, attempt))
  const last = (drawn.at(-1) ?? 0) + (Number.isFinite(attempt) ? attempt : 0)
  if (last === 0) return 1000
  // A little more than the deadline, which shall be seen.
  return deadline < last ? deadline * 1.04 : last
}

/** Where an attempt is drawn: at its latest start, an attempt without a bound taking no time. */
export const drawnStart = (rows: ReadonlyArray<AttemptRow>, row: AttemptRow, attempt: number): number =>
  Number.isFinite(attempt)
    ? row.start.longest
    : rows.slice(0, row.number).reduce((sum, { wait }) => sum + (wait?.longest ?? 0), 0)

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const longSteps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
const tickSteps = [...steps, ...longSteps.map((seconds) => seconds * 1000)]

/** Round times along the axis, from 0: as many as fit, at most so many. */
export const ticks = (end: number, atMost: number): ReadonlyArray<number> => {
  const step = tickSteps.find((step) => end / step < atMost) ?? Math.ceil(end / (atMost * 86_400_000)) * 86_400_000
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step)
}

/** What is not drawn, in words. */
export const beyond = ({ late, more }: Chart): ReadonlyArray<string> => [
  ...(more === 0 ? [] : [`and ${attempts(more, "more ")}, each after a wait like the last`]),
  ...(late === 0 ? [] : [`and ${attempts(late, "")} for which the deadline leaves no time`]),
]

const attempts = (n: number, more: string): string => `${n} ${more}attempt${n === 1 ? "" : "s"}`
