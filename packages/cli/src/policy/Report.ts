/**
 * Builds the report on a pipeline as data. The report contains the stages, the worst case with an explanation of each figure,
 * and the chart.
 */
import * as Duration from "effect/Duration"
import type * as Gate from "@holdfast/core/Gate"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import * as Retry from "@holdfast/core/Retry"
import * as PolicyChart from "./Chart.ts"
import * as PolicyText from "./Text.ts"

/** A figure for the worst case, with an explanation. */
export interface Figure {
  readonly name: string
  readonly value: string
  readonly why: string
}

/** The report. */
export interface PolicyReport {
  /** The name of the file, or text that describes where the settings come from. */
  readonly source: string
  readonly settings: Pipeline.Settings
  /** The stages of the pipeline on one line, starting with the outermost stage. */
  readonly line: string
  readonly worst: ReturnType<typeof Pipeline.worstCase>
  readonly figures: ReadonlyArray<Figure>
  readonly chart: PolicyChart.Chart
}

/** Builds the report for settings that have already been validated. */
export const make = (source: string, settings: Pipeline.Settings, gates: ReadonlyArray<string> = []): PolicyReport => {
  const pipeline = PipelineSettings.makeUnsafe(
    settings,
    gates.length === 0 ? {} : { gates: { others: gates.map(named) } },
  )
  const worst = Pipeline.worstCase(pipeline)
  const chart = PolicyChart.make(settings)
  return {
    source,
    settings,
    line: Pipeline.describe(pipeline),
    worst,
    figures: figures(settings, worst, chart),
    chart,
  }
}

/** Creates a placeholder gate. Only the name of the gate is read. */
const named = (name: string): Gate.Gate => ({ name }) as Gate.Gate

const figures = (
  settings: Pipeline.Settings,
  worst: PolicyReport["worst"],
  chart: PolicyChart.Chart,
): ReadonlyArray<Figure> => {
  const rules = settings.retry && Retry.rules(settings.retry)
  const times = rules?.attempts ?? 1
  const waited = rules === undefined ? 0 : sum(times - 1, (n) => rules.waits.band(n)[1])
  const asked = rules === undefined ? 0 : sum(times - 1, (n) => Math.max(rules.waits.band(n)[1], rules.hintCap))
  const whole = (waits: number) => times * chart.attempt + waits
  const cut = (waits: number, why: string) => (whole(waits) > chart.deadline ? `the deadline; without it ${why}` : why)
  return [
    {
      name: "attempts",
      value: bounded(worst.attempts, PolicyText.count(worst.attempts, "request")),
      why: attemptsWhy(settings, times, chart.late),
    },
    {
      name: "time",
      value: bounded(worst.time, PolicyText.time(worst.time)),
      why: timeWhy(settings, chart, times, waited, whole(waited)),
    },
    ...(Number.isFinite(worst.hinted) && worst.hinted > worst.time
      ? [
          {
            name: "hints",
            value: `≤ ${PolicyText.time(worst.hinted)}`,
            why: cut(asked, `responses may ask for longer waits, ${PolicyText.time(asked)} in total`),
          },
        ]
      : []),
    { name: "load", value: PolicyText.factor(worst.load), why: loadWhy(settings, worst.load) },
    ...worst.beyond.map((what) => ({ name: "plus", ...uncounted[what] })),
  ]
}

/** Computes the worst case of a pipeline that has only the given stages. */
const worstOf = (settings: Pipeline.Settings) => Pipeline.worstCase(PipelineSettings.makeUnsafe(settings))

const bounded = (n: number, text: string): string => (Number.isFinite(n) ? `≤ ${text}` : "without bound")

/**
 * Adds up at most a thousand waits individually. Each remaining wait equals the last wait that was added individually,
 * because the delay has reached the cap by then.
 */
const sum = (count: number, of: (n: number) => number): number => {
  const counted = Math.min(count, 1000)
  let total = 0
  for (let n = 0; n < counted; n++) total += of(n)
  return total + (count - counted) * (counted === 0 ? 0 : of(counted - 1))
}

const attemptsWhy = ({ hedge }: Pipeline.Settings, times: number, late: number): string => {
  if (late > 0) return `only ${times - late} can begin before the deadline`
  const copies = hedge === undefined ? 0 : worstOf({ hedge }).attempts - 1
  const each = copies === 0 ? "" : `, each with ${copies === 1 ? "a copy" : `${copies} copies`} where it is repeatable`
  return times === 1
    ? `the first only${each}`
    : `the first attempt, and ${times - 1} more ${copies === 0 ? 'where the verdict is "always"' : "by verdict"}${each}`
}

const timeWhy = (
  { adaptiveLimit, bulkhead, hedge, timeout }: Pipeline.Settings,
  { attempt, deadline }: PolicyChart.Chart,
  times: number,
  waited: number,
  whole: number,
): string => {
  const limited = deadline < whole
  if (!Number.isFinite(attempt))
    return limited
      ? "the deadline; nothing else limits the duration of an attempt"
      : "no timeout limits the duration of an attempt"
  const own = timeout === undefined ? attempt : Duration.toMillis(Duration.fromInputUnsafe(timeout))
  const queued =
    worstOf({ ...(adaptiveLimit && { adaptiveLimit }), ...(bulkhead && { bulkhead }), timeout: own }).time > own
  const where = [...(queued ? ["in queues"] : []), ...(hedge === undefined ? [] : ["for copies"])].join(" and ")
  const more = attempt > own ? ` + ${PolicyText.time(attempt - own)} ${where}` : ""
  const each = more === "" ? PolicyText.time(own) : `(${PolicyText.time(own)}${more})`
  const why = `${times === 1 ? "" : `${times} × `}${each}${waited === 0 ? "" : `, ${PolicyText.time(waited)} of waits`}`
  return limited ? `the deadline; without it ${PolicyText.time(whole)}: ${why}` : why
}

const loadWhy = ({ budget, hedge, retry }: Pipeline.Settings, load: number): string => {
  if (retry === undefined && hedge === undefined) return "nothing is sent twice"
  if (budget === undefined || budget.kind === "unlimited")
    return "without a budget, each call may send all its requests"
  return `the budget: ${Math.round((load - 1) * 100)} more requests per 100 calls on average`
}

/** The waits that are not included in the figures. */
const uncounted = {
  gates: { value: "closed gates", why: "calls wait at closed gates for the vendor or for a token" },
  queue: { value: "queues", why: "maxWait is not set, so the wait for a permit is not limited" },
} as const

const finite = (n: number): number | null => (Number.isFinite(n) ? n : null)

/** Returns the report as JSON. Times are in milliseconds, and `null` means no limit. */
export const toJson = ({ chart, line, settings, source, worst }: PolicyReport): unknown => ({
  type: "policy",
  source,
  line,
  settings,
  worstCase: {
    text: worst.text,
    attempts: finite(worst.attempts),
    timeMs: finite(worst.time),
    hintedMs: finite(worst.hinted),
    load: finite(worst.load),
    beyond: worst.beyond,
  },
  attemptMs: finite(chart.attempt),
  deadlineMs: finite(chart.deadline),
  attempts: chart.rows.map(({ number, start, wait }) => ({
    number,
    waitMs: wait === undefined ? null : [wait.shortest, wait.longest],
    startMs: [start.shortest, finite(start.longest)],
  })),
  more: chart.more,
  late: chart.late,
})
