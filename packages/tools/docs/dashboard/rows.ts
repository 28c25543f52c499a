/** The rows of the dashboard, with their panels and queries. */
import { prometheusName } from "@holdfast/core/PolicyMetrics"
import { chosen, circuits, gauge, quantile, rate } from "./queries.ts"

type Target = readonly [expr: string, legend: string]

export interface Panel {
  readonly title: string
  readonly description?: string
  readonly unit: string
  readonly type?: "timeseries" | "state-timeline"
  readonly stacked?: boolean
  readonly targets: ReadonlyArray<Target>
}

const perSecond = "reqps"
const retryLabels = ["retry_decided_by", "error_type"]

export const rows: ReadonlyArray<readonly [title: string, panels: ReadonlyArray<Panel>]> = [
  [
    "Calls",
    [
      {
        title: "Calls by outcome",
        unit: perSecond,
        stacked: true,
        targets: [[rate("holdfast.call.duration", ["pipeline_name", "outcome"]), "{{pipeline_name}} {{outcome}}"]],
      },
      {
        title: "Duration of calls",
        description: "Including all attempts and waits",
        unit: "s",
        targets: [0.5, 0.95, 0.99].map((share) => [
          quantile("holdfast.call.duration", share, ["pipeline_name"]),
          `{{pipeline_name}} p${share * 100}`,
        ]),
      },
      {
        title: "Load factor",
        description: "Attempts per call: 1 without retries",
        unit: "none",
        targets: [
          [
            `sum by (pipeline_name) (rate(${prometheusName("holdfast.call.attempts")}_sum{${chosen}}[$__rate_interval])) / ${rate("holdfast.call.attempts", ["pipeline_name"])}`,
            "{{pipeline_name}}",
          ],
        ],
      },
      {
        title: "Calls that failed, by error",
        unit: perSecond,
        stacked: true,
        targets: [
          [
            rate("holdfast.call.duration", ["pipeline_name", "error_type"], 'error_type!=""'),
            "{{pipeline_name}} {{error_type}}",
          ],
        ],
      },
      {
        title: "Out of time, and fallbacks",
        unit: perSecond,
        targets: [
          [rate("holdfast.deadline.exceeded", ["pipeline_name"]), "{{pipeline_name}} out of time"],
          [
            rate("holdfast.fallback.used", ["pipeline_name", "error_type"]),
            "{{pipeline_name}} fallback for {{error_type}}",
          ],
        ],
      },
      {
        title: "How calls that ran out of time spent it",
        unit: "s",
        stacked: true,
        targets: [[rate("holdfast.deadline.spent", ["phase"]), "{{phase}}"]],
      },
    ],
  ],
  [
    "Attempts and retries",
    [
      {
        title: "Attempts by outcome",
        unit: perSecond,
        stacked: true,
        targets: [[rate("holdfast.attempt.duration", ["outcome", "error_type"]), "{{outcome}} {{error_type}}"]],
      },
      {
        title: "Duration of attempts",
        unit: "s",
        targets: [0.5, 0.95, 0.99].map((share) => [
          quantile("holdfast.attempt.duration", share, ["pipeline_name"]),
          `{{pipeline_name}} p${share * 100}`,
        ]),
      },
      {
        title: "Waits before retries",
        unit: "s",
        targets: [[quantile("holdfast.retry.wait", 0.95, ["retry_decided_by"]), "p95 by {{retry_decided_by}}"]],
      },
      {
        title: "Retries",
        unit: perSecond,
        targets: [[rate("holdfast.retry.scheduled", retryLabels), "{{retry_decided_by}} {{error_type}}"]],
      },
      {
        title: "Failures not retried, by reason",
        unit: perSecond,
        targets: [[rate("holdfast.retry.refused", retryLabels), "{{retry_decided_by}} {{error_type}}"]],
      },
      {
        title: "Balance of retry budgets",
        unit: "none",
        targets: [[gauge("holdfast.budget.balance", "min", "policy_name"), "{{policy_name}}"]],
      },
    ],
  ],
  [
    "Breakers and gates",
    [
      {
        title: "State of breakers",
        unit: "none",
        type: "state-timeline",
        targets: [[circuits, "{{circuitbreaker_name}}"]],
      },
      {
        title: "Changes of breakers",
        unit: "none",
        targets: [
          [
            `sum by (circuitbreaker_name, circuitbreaker_state) (increase(${prometheusName("holdfast.circuit.changed")}[$__rate_interval]))`,
            "{{circuitbreaker_name}} to {{circuitbreaker_state}}",
          ],
        ],
      },
      {
        title: "Refused unsent",
        description: "By limits and breakers, without dry runs",
        unit: perSecond,
        stacked: true,
        targets: [
          [
            rate("holdfast.policy.rejected", ["policy_name", "error_type"], 'dry_run=""'),
            "{{policy_name}} {{error_type}}",
          ],
        ],
      },
      {
        title: "Gates",
        description: "1 if open in every process, 0 if closed in at least one",
        unit: "none",
        targets: [[gauge("holdfast.gate.open", "min", "gate_name"), "{{gate_name}}"]],
      },
      {
        title: "Waits at closed gates",
        unit: "s",
        targets: [[quantile("holdfast.gate.wait", 0.95, ["pipeline_name"]), "{{pipeline_name}} p95"]],
      },
      {
        title: "Rejection probability of throttles",
        unit: "percentunit",
        targets: [[gauge("holdfast.throttle.rejection", "max", "policy_name"), "{{policy_name}}"]],
      },
    ],
  ],
  [
    "Limits and hedges",
    [
      {
        title: "Calls in flight, and permits",
        unit: "none",
        targets: [
          [gauge("holdfast.limit.in_flight", "sum", "policy_name"), "{{policy_name}} in flight"],
          [gauge("holdfast.limit.places", "sum", "policy_name"), "{{policy_name}} permits"],
        ],
      },
      {
        title: "Calls in queues",
        unit: "none",
        targets: [[gauge("holdfast.limit.queued", "sum", "policy_name"), "{{policy_name}}"]],
      },
      {
        title: "Waits in queues",
        unit: "s",
        targets: [[quantile("holdfast.queue.wait", 0.95, ["policy_name"]), "{{policy_name}} p95"]],
      },
      {
        title: "Hedges",
        unit: perSecond,
        targets: [
          [rate("holdfast.hedge.started", ["pipeline_name"]), "{{pipeline_name}} started"],
          [rate("holdfast.hedge.won", ["pipeline_name"]), "{{pipeline_name}} won"],
        ],
      },
      {
        title: "Delay of hedges",
        unit: "s",
        targets: [[gauge("holdfast.hedge.delay", "max", "policy_name"), "{{policy_name}}"]],
      },
    ],
  ],
]
