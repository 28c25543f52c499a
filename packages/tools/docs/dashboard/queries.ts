/** Queries of the dashboard, in PromQL, over the metrics of the policies. */
import { definition, type Name, prometheusName } from "@holdfast/core/PolicyMetrics"

/** The calls of the pipelines that are chosen; one without a name has no such label, which `.*` matches too. */
export const chosen = 'pipeline_name=~"$pipeline"'

/** The rate of a counter, or of the count of a histogram, in sums over these labels. */
export const rate = (name: Name, by: ReadonlyArray<string>, filter = ""): string => {
  const series = definition(name).type === "histogram" ? `${prometheusName(name)}_count` : prometheusName(name)
  return `sum by (${by.join(", ")}) (rate(${series}${matching(name, filter)}[$__rate_interval]))`
}

export const quantile = (name: Name, share: number, by: ReadonlyArray<string>): string =>
  `histogram_quantile(${share}, sum by (${["le", ...by].join(", ")}) (rate(${prometheusName(name)}_bucket${matching(name)}[$__rate_interval])))`

/** A gauge: of several processes the sum, or the least or most that any of them shows. */
export const gauge = (name: Name, how: "sum" | "min" | "max", by: string): string =>
  `${how} by (${by}) (${prometheusName(name)})`

const matching = (name: Name, filter = ""): string => {
  const matchers = [...(definition(name).attributes.includes("pipeline.name") ? [chosen] : []), filter]
  const text = matchers.filter((matcher) => matcher !== "").join(", ")
  return text === "" ? "" : `{${text}}`
}

/** A breaker's states as numbers, for the colours of a timeline. */
export const states = [
  { state: "Closed", color: "green" },
  { state: "Recovering", color: "blue" },
  { state: "HalfOpen", color: "yellow" },
  { state: "Open", color: "red" },
  { state: "Isolated", color: "purple" },
]

/** Of a breaker's series the one of its state is 1, and the others are 0. */
export const circuits = (() => {
  const series = prometheusName("holdfast.circuit.state")
  const numbered = states
    .map(({ state }, number) => `${series}{circuitbreaker_state="${state}"} * ${number}`)
    .slice(1)
    .join(" or ")
  return `max by (circuitbreaker_name) (sum by (circuitbreaker_name, instance) (${numbered}))`
})()
