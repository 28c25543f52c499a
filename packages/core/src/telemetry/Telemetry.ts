/**
 * Spans and metrics of pipelines: a layer over a program, whose pipelines know nothing of it.
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
 * Throws an `InvalidPolicy` for invalid options, including unknown ones.
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
 * Switches telemetry on for every pipeline below; an observer that is there already goes on watching.
 *
 * **Example**
 *
 * `Effect.provide(program, Telemetry.layer())`, and an exporter of your choice: see docs/observability.md.
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))

/**
 * Adds the gauges of policies, until the scope is closed: the state of a breaker, the places, the calls inside and the
 * queue of a limit, the balance of a budget, the share that a throttle refuses, the delay of a hedge, and whether a gate
 * is open. A pipeline stands for all its policies; its gates are named beside it.
 *
 * **Details**
 *
 * A gauge is read when the metrics are collected, and costs nothing until then. Policies of one kind need different
 * names: of two with the same name the last one is shown.
 *
 * **Gotchas**
 *
 * A breaker advances when a call comes: without calls it is shown as `Open` after its open time is over.
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
