/**
 * Creates the instruments for the table of metrics: one series for each combination of attributes, up to a limit.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import { type Attribute, definition, type Name } from "./PolicyMetrics.ts"

/** The attributes of one measurement; attributes without a value are omitted. */
export type Values = { readonly [A in Attribute]?: string | undefined }

/**
 * The maximum number of series per metric, which is the same as in OpenTelemetry's SDKs. All combinations of attributes
 * beyond this limit share one overflow series.
 */
const limit = 2000

const overflow = { "otel.metric.overflow": "true" }

/**
 * Creates the instrument for a measurement. The unit is also set as an attribute, because exporters read the unit from the
 * attributes.
 */
export const instrument = (name: Name, values: Values): Metric.Metric<number, unknown> => {
  const attributes: Record<string, string> = {}
  for (const attribute of definition(name).attributes) {
    const value = values[attribute]
    if (value !== undefined && value !== "") attributes[attribute] = value
  }
  return made(name, attributes)
}

const made = (name: Name, attributes: Readonly<Record<string, string>>): Metric.Metric<number, unknown> => {
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

/** Finds the series for a measurement, and creates the series on first use. */
export class Series {
  private readonly series = new Map<string, Metric.Metric<number, unknown>>()
  private readonly counts = new Map<Name, number>()

  record(name: Name, value: number, values: Values, context: Context.Context<never>): void {
    let key: string = name
    for (const attribute of definition(name).attributes) key += `\u0000${values[attribute] ?? ""}`
    const series = this.series.get(key) ?? this.make(name, values, key)
    series.updateUnsafe(value, context)
  }

  private make(name: Name, values: Values, key: string): Metric.Metric<number, unknown> {
    const count = this.counts.get(name) ?? 0
    const full = count >= limit
    const series = full ? (this.series.get(name) ?? made(name, overflow)) : instrument(name, values)
    if (!full) this.counts.set(name, count + 1)
    // No key equals a bare name: every metric has an attribute.
    this.series.set(full ? name : key, series)
    return series
  }
}
