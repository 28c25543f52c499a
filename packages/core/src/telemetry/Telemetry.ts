/**
 * Records spans and metrics of pipelines: a layer over a program, whose pipelines need no changes.
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

/** The options of telemetry. */
export interface Options {
  /**
   * Which spans are made: one for each call and, inside it, one for each attempt (`calls`); only those of the attempts, as in
   * OpenTelemetry's HTTP conventions (`attempts`); or none. What happens between attempts becomes an event of the enclosing
   * span, which without call spans is the caller's own. Default: `calls`.
   */
  readonly spans?: "calls" | "attempts" | "none" | undefined
  /** Whether the metrics of `PolicyMetrics.table` are recorded. Default: `true`. */
  readonly metrics?: boolean | undefined
}

/**
 * Makes the observer that records spans and metrics, for `Observer.observe` and `Observer.both`.
 *
 * **Details**
 *
 * Metrics go to the registry of the fiber that runs a call, with the fiber's attributes (`Metric.CurrentMetricAttributes`). A
 * metric has at most 2000 series; further attribute sets share one series with the attribute `otel.metric.overflow`. Throws an
 * `InvalidPolicy` for invalid options, including unknown ones.
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
 * Enables telemetry for all pipelines below. An observer that is already provided continues to receive events.
 *
 * **Example**
 *
 * Use `Effect.provide(program, Telemetry.layer())` with an exporter of your choice: see docs/observability.md.
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))

/**
 * Adds the gauges of policies until the scope is closed: the state of a breaker; the permits, the calls in flight and the queue
 * of a limit; the balance of a budget; the rejection probability of a throttle; the delay of a hedge; and whether a gate is
 * open. A pipeline includes all its policies; its gates are passed separately.
 *
 * **Details**
 *
 * A gauge is read when the metrics are collected, and costs nothing until then. Policies of one kind need different names: of
 * two with the same name, only the last is shown.
 *
 * **Gotchas**
 *
 * A breaker advances only when a call arrives: without calls it is still shown as `Open` after its open time has ended.
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
