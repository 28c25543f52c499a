/**
 * Records spans and metrics for pipelines through a layer, without changes to the pipelines.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { reader } from "../pipeline/InvalidPolicy.ts"
import { millisOf } from "../time/Monotonic.ts"
import { gaugesOf, type Watchable } from "./gauges.ts"
import { measure } from "./measure.ts"
import * as Observer from "./Observer.ts"
import { instrument, Series } from "./series.ts"
import * as Spans from "./spans.ts"

export type { Part, Watchable } from "./gauges.ts"

/** The options for telemetry. */
export interface Options {
  /**
   * The spans to create: one for each call and, inside it, one for each attempt (`calls`); only one for each attempt, as in
   * OpenTelemetry's HTTP conventions (`attempts`); or none. Anything that happens between attempts is recorded as an event of
   * the enclosing span, which is the caller's own span if calls do not have spans. Default: `calls`.
   */
  readonly spans?: "calls" | "attempts" | "none" | undefined
  /** Whether the metrics of `PolicyMetrics.table` are recorded. Default: `true`. */
  readonly metrics?: boolean | undefined
}

/**
 * Creates the observer that records spans and metrics, for use with `Observer.observe` and `Observer.both`.
 *
 * **Details**
 *
 * Metrics are recorded in the registry of the fiber that runs a call, with the attributes of that fiber
 * (`Metric.CurrentMetricAttributes`). A metric has at most 2000 series. All further combinations of attributes share one
 * series, which has the attribute `otel.metric.overflow`. Throws an `InvalidPolicy` if an option is invalid or unknown.
 */
export const make = (options: Options = {}): Observer.Watch => {
  const read = reader("Telemetry")
  read.known(options, { spans: true, metrics: true })
  const { metrics = true, spans = "calls" } = options
  read.oneOf("spans", spans, ["calls", "attempts", "none"])
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
 * Enables telemetry for all pipelines in the program to which the layer is provided. An observer that is already provided
 * continues to receive events.
 *
 * **Example**
 *
 * Use `Effect.provide(program, Telemetry.layer())` with an exporter of your choice. For details, see docs/observability.md.
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))

/**
 * Registers the gauges of policies until the scope is closed: the state of a breaker; the permits, the calls in flight and
 * the queue of a limit; the balance of a budget; the rejection probability of a throttle; the delay of a hedge; and whether a
 * gate is open. Passing a pipeline includes all of its policies; the gates of the pipeline must be passed separately.
 *
 * **Details**
 *
 * A gauge is read only when the metrics are collected, and adds no overhead until then. Policies of the same kind need
 * different names: if two of them have the same name, only the last one is shown.
 *
 * **Gotchas**
 *
 * A breaker advances only when a call arrives. If no calls arrive, the breaker is still shown as `Open` after its open time
 * has expired.
 */
export const watch = (...policies: ReadonlyArray<Watchable>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.sync(() =>
        policies.flatMap(gaugesOf).map(({ name, read, values }) =>
          Metric.registerUnsafe(instrument(name, values), context, {
            get: (reader) => ({ value: read(millisOf(Context.get(reader, Clock.Clock))) }),
            update: () => {},
            modify: () => {},
          }),
        ),
      ),
    ),
    (registrations) =>
      Effect.sync(() => {
        for (const registration of registrations) registration.remove()
      }),
  ).pipe(Effect.asVoid)
