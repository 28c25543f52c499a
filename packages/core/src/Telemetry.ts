/**
 * Spans and metrics of pipelines: a layer over a program, whose pipelines know nothing of it.
 */
import type * as Layer from "effect/Layer"
import { measure } from "./internal/telemetry/measure.ts"
import { Series } from "./internal/telemetry/series.ts"
import * as Spans from "./internal/telemetry/spans.ts"
import * as Observer from "./Observer.ts"

/** What is recorded. */
export interface Options {
  /**
   * A span for each call and, inside, one for each attempt; for the attempts only, as the HTTP conventions have it; or
   * none. What happens between attempts is an event of the span around them, which without spans of calls is the
   * caller's own. Default: `calls`.
   */
  readonly spans?: "calls" | "attempts" | "none" | undefined
  /** Whether the metrics of `PolicyMetrics.table` are filled. Default: `true`. */
  readonly metrics?: boolean | undefined
}

/**
 * Watches pipelines for their spans and metrics; for `Observer.observe` and `Observer.both`.
 *
 * **Details**
 *
 * Metrics go to the registry, and with the attributes (`Metric.CurrentMetricAttributes`), of the fiber that runs a call.
 * A metric has at most 2000 series; whatever comes later is one more, with the attribute `otel.metric.overflow`.
 */
export const make = ({ metrics = true, spans = "calls" }: Options = {}): Observer.Watch => {
  const count = metrics ? measure(new Series()) : undefined
  const note = spans === "none" ? undefined : Spans.note
  return {
    event: (event, about) => {
      count?.(event, about)
      note?.(event, about)
      return undefined
    },
    ...(spans === "none" ? {} : { around: Spans.attempt }),
    ...(spans === "calls" ? { call: Spans.call } : {}),
  }
}

/**
 * Switches telemetry on for every pipeline below; an observer that is there already goes on watching.
 *
 * **Example**
 *
 * `Effect.provide(program, Telemetry.layer())`, and an exporter of your choice: see docs/observability.md.
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))
