/**
 * The metrics of policies: one table of names, units and attributes, from which the instruments, the page and the
 * dashboard's names come. `Telemetry` fills them.
 */

/** What tells the series of a metric apart; all of them take few values: no address and no id is ever one. */
export const attributes = {
  "pipeline.name": "the name of the pipeline; absent for one without, and for a policy that stands alone",
  "policy.name": "the name of the limit, the budget or the breaker",
  outcome:
    "`success`, `failure`, `overload` (the service asks for fewer requests), or `ignored` (it says nothing about the service, such as an interruption)",
  "error.type": "the tag of the error; `_OTHER` for a defect; absent for a success and an interruption",
  "retry.decided_by":
    "`backoff`, `server`; or what prevented a retry: `verdict`, `once`, `attempts`, `schedule`, `hint`, `budget`, `deadline`",
  "circuitbreaker.name": "the name of the breaker",
  "circuitbreaker.state": "`Closed`, `Open`, `HalfOpen`, `Recovering`, `Isolated`",
  dry_run: "`true` for a refusal by a breaker in a dry run: the attempt was sent all the same",
  "gate.name": "`connectivity`, `authorization`, or the name of a gate of your own",
  phase: "`attempts`, `waits`, `gates`, `queue`: where the time went",
} as const

export type Attribute = keyof typeof attributes

/** What a metric is. The unit is UCUM's; one in braces is a note for people, and a number without a unit. */
export interface Definition {
  readonly type: "counter" | "gauge" | "histogram"
  readonly unit: string
  readonly description: string
  readonly attributes: ReadonlyArray<Attribute>
  /** The upper ends of a histogram's buckets. */
  readonly boundaries?: ReadonlyArray<number>
}

/** OpenTelemetry's advice for the duration of an HTTP request, and on to the longest time of a chunk of a file. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60, 120, 300]
/** From a short queue over the default delays (0.5 s to 32 s) to a closed gate. */
const waits = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 300, 3600]

/** Every metric, by its name. */
export const table = {
  "holdfast.call.duration": {
    type: "histogram",
    unit: "s",
    description: "Duration of calls with all their attempts and waits",
    attributes: ["pipeline.name", "outcome", "error.type"],
    boundaries: durations,
  },
  "holdfast.call.attempts": {
    type: "histogram",
    unit: "{attempt}",
    description: "Attempts a call took; 0 for one that was refused before it was sent",
    attributes: ["pipeline.name", "outcome"],
    boundaries: [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16],
  },
  "holdfast.attempt.duration": {
    type: "histogram",
    unit: "s",
    description: "Duration of attempts, from sending to the answer",
    attributes: ["pipeline.name", "outcome", "error.type"],
    boundaries: durations,
  },
  "holdfast.retry.scheduled": {
    type: "counter",
    unit: "{retry}",
    description: "Retries that were decided on, by what set the wait",
    attributes: ["pipeline.name", "retry.decided_by", "error.type"],
  },
  "holdfast.retry.refused": {
    type: "counter",
    unit: "{retry}",
    description: "Failures that were not retried, by what refused",
    attributes: ["pipeline.name", "retry.decided_by", "error.type"],
  },
  "holdfast.retry.wait": {
    type: "histogram",
    unit: "s",
    description: "Waits before retries, after jitter",
    attributes: ["pipeline.name", "retry.decided_by"],
    boundaries: waits,
  },
  "holdfast.gate.wait": {
    type: "histogram",
    unit: "s",
    description: "Waits at closed gates; a call that finds them open is not counted",
    attributes: ["pipeline.name"],
    boundaries: waits,
  },
  "holdfast.queue.wait": {
    type: "histogram",
    unit: "s",
    description: "Waits for a place in a limit; a call that has one at once is not counted",
    attributes: ["pipeline.name", "policy.name"],
    boundaries: waits,
  },
  "holdfast.policy.rejected": {
    type: "counter",
    unit: "{attempt}",
    description: "Attempts that a limit or a breaker refused unsent",
    attributes: ["pipeline.name", "policy.name", "error.type", "dry_run"],
  },
  "holdfast.circuit.changed": {
    type: "counter",
    unit: "{change}",
    description: "Changes of a breaker's state, by the state it came to",
    attributes: ["circuitbreaker.name", "circuitbreaker.state"],
  },
  "holdfast.circuit.state": {
    type: "gauge",
    unit: "{state}",
    description: "1 for the state a breaker is in, 0 for the others",
    attributes: ["circuitbreaker.name", "circuitbreaker.state"],
  },
  "holdfast.hedge.started": {
    type: "counter",
    unit: "{attempt}",
    description: "Copies that were sent because the first attempt had not answered yet",
    attributes: ["pipeline.name"],
  },
  "holdfast.hedge.won": {
    type: "counter",
    unit: "{attempt}",
    description: "Copies that answered first",
    attributes: ["pipeline.name"],
  },
  "holdfast.fallback.used": {
    type: "counter",
    unit: "{call}",
    description: "Calls that were given another answer in place of their error",
    attributes: ["pipeline.name", "error.type"],
  },
  "holdfast.deadline.exceeded": {
    type: "counter",
    unit: "{call}",
    description: "Calls that ran out of time",
    attributes: ["pipeline.name"],
  },
  "holdfast.deadline.spent": {
    type: "counter",
    unit: "s",
    description: "Where the time of the calls went that ran out of it",
    attributes: ["pipeline.name", "phase"],
  },
  "holdfast.limit.in_flight": {
    type: "gauge",
    unit: "{call}",
    description: "Calls inside a bulkhead or an adaptive limit",
    attributes: ["policy.name"],
  },
  "holdfast.limit.queued": {
    type: "gauge",
    unit: "{call}",
    description: "Calls that wait for a place in a bulkhead or an adaptive limit",
    attributes: ["policy.name"],
  },
  "holdfast.limit.places": {
    type: "gauge",
    unit: "{call}",
    description: "Calls a bulkhead lets in at a time, and an adaptive limit as it stands",
    attributes: ["policy.name"],
  },
  "holdfast.throttle.rejection": {
    type: "gauge",
    unit: "1",
    description: "The probability with which a throttle refuses the next call, from 0 to 1",
    attributes: ["policy.name"],
  },
  "holdfast.hedge.delay": {
    type: "gauge",
    unit: "s",
    description: "The time after which a hedge sends a copy, as it stands",
    attributes: ["policy.name"],
  },
  "holdfast.budget.balance": {
    type: "gauge",
    unit: "{token}",
    description: "What is left in a retry budget: tokens of a bucket, retries of a ratio",
    attributes: ["policy.name"],
  },
  "holdfast.gate.open": {
    type: "gauge",
    unit: "{gate}",
    description: "1 while a gate is open, 0 while it is closed",
    attributes: ["gate.name"],
  },
} as const satisfies Readonly<Record<string, Definition>>

export type Name = keyof typeof table

/** Every name, in the order of the table. */
export const names = Object.keys(table) as ReadonlyArray<Name>

/** The definition of a metric. */
export const definition = (name: Name): Definition => table[name]

/**
 * The name that a metric has in Prometheus: for `metricNameMapper` of Effect's `PrometheusMetrics`.
 *
 * **Details**
 *
 * It is the name that Prometheus and the OpenTelemetry collector make of the same metric when it comes by OTLP: words
 * joined by `_`, then the unit, then `total` for a counter and `ratio` for a gauge of unit 1. A histogram has three
 * series of it, with `_bucket`, `_sum` and `_count` behind. A metric that is not in the table keeps its name.
 *
 * **Example**
 *
 * `holdfast.call.duration` is `holdfast_call_duration_seconds`, `holdfast.retry.scheduled` is
 * `holdfast_retry_scheduled_total`.
 */
export const prometheusName = (name: string): string => {
  const found = Object.hasOwn(table, name) ? definition(name as Name) : undefined
  if (found === undefined) return name
  const { type, unit } = found
  return [
    name.replaceAll(".", "_"),
    ...(unit === "s" ? ["seconds"] : []),
    ...(type === "counter" ? ["total"] : type === "gauge" && unit === "1" ? ["ratio"] : []),
  ].join("_")
}
