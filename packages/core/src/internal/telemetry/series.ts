/**
 * The instruments behind the table of metrics: a series for each combination of attributes, up to a limit.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import { type Attribute, definition, type Name } from "../../PolicyMetrics.ts"

/** The attributes of one measurement; one without a value is left out. */
export type Values = { readonly [A in Attribute]?: string | undefined }

/** How many series a metric may have: the limit of OpenTelemetry's SDKs. All that comes later is one more, together. */
export const limit = 2000

const overflow = { "otel.metric.overflow": "true" }

/** An instrument with these attributes. Its unit is an attribute, which exporters look for and take out. */
const instrument = (name: Name, attributes: Readonly<Record<string, string>>): Metric.Metric<number, unknown> => {
  const { boundaries = [], description, type, unit } = definition(name)
  const options = { description, attributes: { ...attributes, unit } }
  switch (type) {
    case "counter":
      return Metric.counter(name, { ...options, incremental: true })
    case "gauge":
      return Metric.gauge(name, options)
    case "histogram":
      return Metric.histogram(name, { ...options, boundaries })
  }
}

/** Finds the series of a measurement, and makes it when it is the first. */
export class Series {
  readonly series = new Map<string, Metric.Metric<number, unknown>>()
  readonly counts = new Map<Name, number>()

  of(name: Name, values: Values): Metric.Metric<number, unknown> {
    const { attributes } = definition(name)
    let key: string = name
    for (const attribute of attributes) key += `\u0000${values[attribute] ?? ""}`
    return this.series.get(key) ?? this.make(name, values, key)
  }

  record(name: Name, value: number, values: Values, context: Context.Context<never>): void {
    this.of(name, values).updateUnsafe(value, context)
  }

  make(name: Name, values: Values, key: string): Metric.Metric<number, unknown> {
    const count = this.counts.get(name) ?? 0
    if (count >= limit) {
      const rest = this.series.get(name) ?? instrument(name, overflow)
      this.series.set(name, rest)
      return rest
    }
    const present: Record<string, string> = {}
    for (const attribute of definition(name).attributes) {
      const value = values[attribute]
      if (value !== undefined && value !== "") present[attribute] = value
    }
    const made = instrument(name, present)
    this.counts.set(name, count + 1)
    this.series.set(key, made)
    return made
  }
}
