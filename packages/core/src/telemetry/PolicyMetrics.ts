/**
 * Defines the metrics of policies in one table of names, units and attributes. The instruments, the documentation page and
 * the dashboard are derived from this table; `Telemetry` records the values.
 */

/** The attributes of metrics. Each attribute has only a few possible values; addresses and IDs are never used as values. */
export const attributes = {
  "pipeline.name": "the name of the pipeline; absent if the pipeline has no name or the policy is outside a pipeline",
  "policy.name": "the name of the limit, the budget or the breaker",
  outcome:
    "`success`, `failure`, `overload` (the service requests fewer calls), or `ignored` (the outcome does not indicate the health of the service, as with an interruption)",
  "error.type": "the tag of the error; `_OTHER` for a defect; absent for successes and interruptions",
  "retry.decided_by":
    "`backoff`, `server`; or what prevented a retry: `verdict`, `once`, `attempts`, `schedule`, `hint`, `budget`, `deadline`",
  "circuitbreaker.name": "the name of the breaker",
  "circuitbreaker.state": "`Closed`, `Open`, `HalfOpen`, `Recovering`, `Isolated`",
  dry_run: "`true` if a breaker in a dry run rejected the attempt, which was still sent",
  "gate.name": "`connectivity`, `authorization`, or the name of a custom gate",
  phase: "how the time was spent: `attempts`, `waits`, `gates` or `queue`",
} as const

export type Attribute = keyof typeof attributes

/**
 * The definition of a metric. The unit is a UCUM code. A unit in braces is only an annotation for readers; the value of the
 * metric is a plain number.
 */
export interface Definition {
  readonly type: "counter" | "gauge" | "histogram"
  readonly unit: string
  readonly description: string
  readonly attributes: ReadonlyArray<Attribute>
  /** The upper bounds of a histogram's buckets. */
  readonly boundaries?: ReadonlyArray<number>
}

/**
 * OpenTelemetry's recommended buckets for the duration of an HTTP request, extended to cover the longest time that a chunk
 * may take.
 */
const durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60, 120, 300]
/**
 * Buckets for wait times: from a short wait in a queue, through the default delays (0.5 s to 32 s), to a long wait at a
 * closed gate.
 */
const waits = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 300, 3600]

/** All metrics by name. */
export const table = {
  "holdfast.call.duration": {
    type: "histogram",
    unit: "s",
    description: "Duration of calls, including all attempts and waits",
    attributes: ["pipeline.name", "outcome", "error.type"],
    boundaries: durations,
  },
  "holdfast.call.attempts": {
    type: "histogram",
    unit: "{attempt}",
    description: "Number of attempts per call; 0 if the call was rejected before it was sent",
    attributes: ["pipeline.name", "outcome"],
    boundaries: [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16],
  },
  "holdfast.attempt.duration": {
    type: "histogram",
    unit: "s",
    description: "Duration of attempts, from sending the request to receiving the response",
    attributes: ["pipeline.name", "outcome", "error.type"],
    boundaries: durations,
  },
  "holdfast.retry.scheduled": {
    type: "counter",
    unit: "{retry}",
    description: "Scheduled retries, by the source of the wait",
    attributes: ["pipeline.name", "retry.decided_by", "error.type"],
  },
  "holdfast.retry.refused": {
    type: "counter",
    unit: "{retry}",
    description: "Failures that were not retried, by reason",
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
    description: "Waits at closed gates; calls that arrive at an open gate are not counted",
    attributes: ["pipeline.name"],
    boundaries: waits,
  },
  "holdfast.queue.wait": {
    type: "histogram",
    unit: "s",
    description: "Waits for a permit from a limit; calls that acquire a permit immediately are not counted",
    attributes: ["pipeline.name", "policy.name"],
    boundaries: waits,
  },
  "holdfast.policy.rejected": {
    type: "counter",
    unit: "{attempt}",
    description: "Attempts that a limit or a breaker rejected before they were sent",
    attributes: ["pipeline.name", "policy.name", "error.type", "dry_run"],
  },
  "holdfast.circuit.changed": {
    type: "counter",
    unit: "{change}",
    description: "State changes of a breaker, by new state",
    attributes: ["circuitbreaker.name", "circuitbreaker.state"],
  },
  "holdfast.circuit.state": {
    type: "gauge",
    unit: "{state}",
    description: "1 for the current state of a breaker, 0 for all other states",
    attributes: ["circuitbreaker.name", "circuitbreaker.state"],
  },
  "holdfast.hedge.started": {
    type: "counter",
    unit: "{attempt}",
    description: "Copies that a hedge sent because earlier attempts had not succeeded yet",
    attributes: ["pipeline.name"],
  },
  "holdfast.hedge.won": {
    type: "counter",
    unit: "{attempt}",
    description: "Copies that succeeded first",
    attributes: ["pipeline.name"],
  },
  "holdfast.fallback.used": {
    type: "counter",
    unit: "{call}",
    description: "Calls whose error was replaced by a fallback",
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
    description: "Time spent by calls that ran out of time, by phase",
    attributes: ["pipeline.name", "phase"],
  },
  "holdfast.limit.in_flight": {
    type: "gauge",
    unit: "{call}",
    description: "Calls in flight in a bulkhead or an adaptive limit",
    attributes: ["policy.name"],
  },
  "holdfast.limit.queued": {
    type: "gauge",
    unit: "{call}",
    description: "Calls queued for a permit from a bulkhead or an adaptive limit",
    attributes: ["policy.name"],
  },
  "holdfast.limit.places": {
    type: "gauge",
    unit: "{call}",
    description: "Number of permits of a bulkhead, or current value of an adaptive limit",
    attributes: ["policy.name"],
  },
  "holdfast.throttle.rejection": {
    type: "gauge",
    unit: "1",
    description: "The probability, from 0 to 1, that a throttle rejects the next call",
    attributes: ["policy.name"],
  },
  "holdfast.hedge.delay": {
    type: "gauge",
    unit: "s",
    description: "The current delay after which a hedge sends a copy",
    attributes: ["policy.name"],
  },
  "holdfast.budget.balance": {
    type: "gauge",
    unit: "{token}",
    description: "The balance of a retry budget: tokens for a token bucket, retries for a ratio",
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

/** The names of all metrics, in the order of the table. */
export const names = Object.keys(table) as ReadonlyArray<Name>

/** The definition of a metric. */
export const definition = (name: Name): Definition => table[name]

/**
 * Returns the name of a metric in Prometheus, for use as the `metricNameMapper` of Effect's `PrometheusMetrics`.
 *
 * **Details**
 *
 * The result is the name that Prometheus and the OpenTelemetry collector derive for the same metric if they receive it over
 * OTLP. The name consists of words joined by `_`, followed by the unit, and then by `total` for a counter or `ratio` for a
 * gauge with the unit 1. A histogram has three series, with the suffixes `_bucket`, `_sum` and `_count`. The name of a metric
 * that is not in the table remains unchanged.
 *
 * **Example**
 *
 * `holdfast.call.duration` becomes `holdfast_call_duration_seconds`, and `holdfast.retry.scheduled` becomes
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
