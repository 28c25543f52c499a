/** The Grafana dashboard, made of the names of the metrics: `docs/generated/grafana.json`. */
import { attributes, definition, type Name, prometheusName } from "@holdfast/core/PolicyMetrics"

export const path = "docs/generated/grafana.json"

/** The calls of the pipelines that are chosen; one without a name has no such label, which `.*` matches too. */
const chosen = 'pipeline_name=~"$pipeline"'

/** The rate of a counter, or of the count of a histogram, in sums over these labels. */
const rate = (name: Name, by: ReadonlyArray<string>, filter = ""): string => {
  const series = definition(name).type === "histogram" ? `${prometheusName(name)}_count` : prometheusName(name)
  return `sum by (${by.join(", ")}) (rate(${series}${matching(name, filter)}[$__rate_interval]))`
}

const quantile = (name: Name, share: number, by: ReadonlyArray<string>): string =>
  `histogram_quantile(${share}, sum by (${["le", ...by].join(", ")}) (rate(${prometheusName(name)}_bucket${matching(name)}[$__rate_interval])))`

/** A gauge: of several processes the sum, or the least or most that any of them shows. */
const gauge = (name: Name, how: "sum" | "min" | "max", by: string): string =>
  `${how} by (${by}) (${prometheusName(name)})`

const matching = (name: Name, filter = ""): string => {
  const matchers = [...(definition(name).attributes.includes("pipeline.name") ? [chosen] : []), filter]
  const text = matchers.filter((matcher) => matcher !== "").join(", ")
  return text === "" ? "" : `{${text}}`
}

/** A breaker's states as numbers, for the colours of a timeline. */
const states = [
  { state: "Closed", color: "green" },
  { state: "Recovering", color: "blue" },
  { state: "HalfOpen", color: "yellow" },
  { state: "Open", color: "red" },
  { state: "Isolated", color: "purple" },
]

/** Of a breaker's series the one of its state is 1, and the others are 0. */
const circuits = (() => {
  const series = prometheusName("holdfast.circuit.state")
  const numbered = states
    .map(({ state }, number) => `${series}{circuitbreaker_state="${state}"} * ${number}`)
    .slice(1)
    .join(" or ")
  return `max by (circuitbreaker_name) (sum by (circuitbreaker_name, instance) (${numbered}))`
})()

type Target = readonly [expr: string, legend: string]

interface Panel {
  readonly title: string
  readonly description?: string
  readonly unit: string
  readonly type?: "timeseries" | "state-timeline"
  readonly stacked?: boolean
  readonly targets: ReadonlyArray<Target>
}

const perSecond = "reqps"
const retryLabels = ["retry_decided_by", "error_type"]

const rows: ReadonlyArray<readonly [title: string, panels: ReadonlyArray<Panel>]> = [
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
        description: "With all their attempts and waits",
        unit: "s",
        targets: [0.5, 0.95, 0.99].map((share) => [
          quantile("holdfast.call.duration", share, ["pipeline_name"]),
          `{{pipeline_name}} p${share * 100}`,
        ]),
      },
      {
        title: "Load factor",
        description: "Attempts a call: 1 while nothing is sent again",
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
        title: "Out of time, and another answer",
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
        title: "Where the time went of calls that ran out of it",
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
        title: "Retries refused, by what refused",
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
        description: "By limits and breakers, without those in a dry run",
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
        description: "1 is open in every process, 0 closed in one at least",
        unit: "none",
        targets: [[gauge("holdfast.gate.open", "min", "gate_name"), "{{gate_name}}"]],
      },
      {
        title: "Waits at closed gates",
        unit: "s",
        targets: [[quantile("holdfast.gate.wait", 0.95, ["pipeline_name"]), "{{pipeline_name}} p95"]],
      },
      {
        title: "Refused by throttles",
        unit: "percentunit",
        targets: [[gauge("holdfast.throttle.rejection", "max", "policy_name"), "{{policy_name}}"]],
      },
    ],
  ],
  [
    "Limits and hedges",
    [
      {
        title: "Calls inside, and places",
        unit: "none",
        targets: [
          [gauge("holdfast.limit.in_flight", "sum", "policy_name"), "{{policy_name}} inside"],
          [gauge("holdfast.limit.places", "sum", "policy_name"), "{{policy_name}} places"],
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

const datasource = { type: "prometheus", uid: "${datasource}" }
const width = 8
const height = 8

const shown = ({ description, stacked = false, targets, title, type = "timeseries", unit }: Panel, id: number) => ({
  id,
  type,
  title,
  ...(description === undefined ? {} : { description }),
  datasource,
  fieldConfig: {
    defaults: {
      unit,
      ...(type === "timeseries"
        ? {
            min: 0,
            custom: {
              drawStyle: "line",
              lineWidth: 1,
              fillOpacity: stacked ? 30 : 0,
              stacking: { mode: stacked ? "normal" : "none" },
            },
          }
        : {
            custom: { fillOpacity: 70, lineWidth: 0 },
            mappings: [
              {
                type: "value",
                options: Object.fromEntries(
                  states.map(({ color, state }, index) => [index, { color, index, text: state }]),
                ),
              },
            ],
          }),
    },
    overrides: [],
  },
  options:
    type === "timeseries"
      ? { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } }
      : { mergeValues: true, showValue: "auto", rowHeight: 0.8, legend: { displayMode: "list", placement: "bottom" } },
  targets: targets.map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource,
    editorMode: "code",
    expr,
    legendFormat,
    range: true,
  })),
})

const panels = () => {
  let id = 0
  let y = 0
  return rows.flatMap(([title, row]) => {
    const head = { id: ++id, type: "row", title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] }
    const placed = row.map((panel, index) => ({
      ...shown(panel, ++id),
      gridPos: { x: (index % 3) * width, y: y + Math.floor(index / 3) * height, w: width, h: height },
    }))
    y += Math.ceil(row.length / 3) * height
    return [head, ...placed]
  })
}

/** The dashboard as Grafana imports it. */
export const dashboard = {
  uid: "holdfast",
  title: "Holdfast: pipelines and their policies",
  description: "Calls, attempts, retries, breakers, gates and limits of @holdfast/core",
  tags: ["holdfast", "resilience"],
  schemaVersion: 41,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: "browser",
  refresh: "30s",
  time: { from: "now-3h", to: "now" },
  templating: {
    list: [
      { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
      {
        name: "pipeline",
        label: "Pipeline",
        type: "query",
        datasource,
        query: {
          qryType: 1,
          query: `label_values(${prometheusName("holdfast.call.duration")}_count, pipeline_name)`,
          refId: "pipelines",
        },
        refresh: 2,
        multi: true,
        includeAll: true,
        allValue: ".*",
        current: { text: ["All"], value: ["$__all"] },
      },
    ],
  },
  annotations: { list: [] },
  panels: panels(),
}

export const text = `${JSON.stringify(dashboard, null, 2)}\n`

/** What Prometheus calls the attributes. */
export const labels: ReadonlyArray<string> = Object.keys(attributes).map((name) => name.replaceAll(".", "_"))
