/** The queries of the dashboard, in PromQL, over the metrics of the policies. */
import { definition, type Name, prometheusName } from "@holdfast/core/PolicyMetrics"

/** Selects the calls of the chosen pipelines. A pipeline without a name has no such label, which `.*` also matches. */
export const chosen = 'pipeline_name=~"$pipeline"'

/** The rate of a counter, or of the count of a histogram, summed by these labels. */
export const rate = (name: Name, by: ReadonlyArray<string>, filter = ""): string => {
  const series = definition(name).type === "histogram" ? `${prometheusName(name)}_count` : prometheusName(name)
  return `sum by (${by.join(", ")}) (rate(${series}${matching(name, filter)}[$__rate_interval]))`
}

export const quantile = (name: Name, share: number, by: ReadonlyArray<string>): string =>
  `histogram_quantile(${share}, sum by (${["le", ...by].join(", ")}) (rate(${prometheusName(name)}_bucket${matching(name)}[$__rate_interval])))`

/** A gauge over several processes: the sum, the minimum or the maximum. */
export const gauge = (name: Name, how: "sum" | "min" | "max", by: string): string =>
  `${how} by (${by}) (${prometheusName(name)})`

const matching = (name: Name, filter = ""): string => {
  const matchers = [...(definition(name).attributes.includes("pipeline.name") ? [chosen] : []), filter]
  const text = matchers.filter((matcher) => matcher !== "").join(", ")
  return text === "" ? "" : `{${text}}`
}

/** The states of a breaker as numbers, for the colours of a timeline. */
export const states = [
  { state: "Closed", color: "green" },
  { state: "Recovering", color: "blue" },
  { state: "HalfOpen", color: "yellow" },
  { state: "Open", color: "red" },
  { state: "Isolated", color: "purple" },
]

/** The state of each breaker as a number: the series of its current state is 1, the others are 0. */
export const circuits = (() => {
  const series = prometheusName("holdfast.circuit.state")
  const numbered = states
    .map(({ state }, number) => `${series}{circuitbreaker_state="${state}"} * ${number}`)
    .slice(1)
    .join(" or ")
  return `max by (circuitbreaker_name) (sum by (circuitbreaker_name, instance) (${numbered}))`
})()
