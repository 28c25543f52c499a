/** Events, and readers of metrics and spans, for the tests of telemetry. */
import { assert } from "@effect/vitest"
import { DeadlineExceeded } from "@holdfast/core/Deadline"
import type * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Fiber, Metric, Option, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { pinned } from "./pipeline.ts"

export const unavailable = { _tag: "Unavailable", verdict: Verdict.always() }

const late = new DeadlineExceeded({
  limit: 10_000,
  left: 0,
  spent: { attempts: 1500, waits: 7000, gates: 1000, queue: 500 },
  last: unavailable,
})

/** One event of each kind, and more if their fields make a difference. */
export const events: ReadonlyArray<Observer.Event> = [
  { _tag: "AttemptStarted", number: 1 },
  { _tag: "AttemptEnded", number: 1, outcome: "failure", durationMs: 120, error: unavailable },
  { _tag: "AttemptEnded", number: 2, outcome: "success", durationMs: 80 },
  { _tag: "AttemptEnded", number: 2, outcome: "failure", durationMs: 0 },
  { _tag: "AttemptEnded", number: 2, outcome: "ignored", durationMs: 3 },
  { _tag: "RetryScheduled", error: unavailable, waitMs: 410, by: "backoff" },
  { _tag: "RetryScheduled", error: unavailable, waitMs: 30_000, by: "server" },
  { _tag: "RetryRefused", error: unavailable, by: "budget" },
  { _tag: "GateWaited", waitMs: 90_000 },
  { _tag: "Queued", policy: "bulkhead", waitMs: 20 },
  { _tag: "Rejected", policy: "breaker", error: { ...unavailable, _tag: "CircuitOpen" } },
  { _tag: "Rejected", policy: "breaker", error: { ...unavailable, _tag: "CircuitOpen" }, dryRun: true },
  { _tag: "CircuitChanged", breaker: "breaker", from: "closed", to: "open" },
  { _tag: "CircuitChanged", breaker: "breaker", from: "open", to: "half-open" },
  { _tag: "HedgeStarted", number: 2 },
  { _tag: "HedgeWon", number: 2 },
  { _tag: "FallbackUsed", error: late },
  { _tag: "CallEnded", outcome: "success", durationMs: 610, attempts: 2 },
  { _tag: "CallEnded", outcome: "ignored", durationMs: 10_000, attempts: 3, error: late },
]

/** Reports events to an observer as a pipeline does. */
export const tell = (watch: Observer.Watch, pipeline: string, told: ReadonlyArray<Observer.Event> = events) =>
  Effect.withFiber((fiber) =>
    Effect.sync(() => {
      for (const event of told) assert.isUndefined(watch.event(event, { pipeline, number: 1, fiber }))
    }),
  )

/** The metrics that an effect records, one line per series. */
export const measured = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.andThen(
    effect,
    Effect.map(Metric.snapshot, (all) => all.map(line).toSorted()),
  ).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

export const line = ({ attributes = {}, id, ...metric }: Metric.Metric.Snapshot): string => {
  const { unit, ...rest } = attributes
  const labels = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  return `${id} [${unit}] ${labels.join(" ")}: ${shown(metric)}`
}

export const shown = (metric: Pick<Metric.Metric.Snapshot, "type" | "state">): string => {
  const state = metric.state as Metric.CounterState<number> & Metric.GaugeState<number> & Metric.HistogramState
  if (metric.type === "Histogram") return `${state.count} in ${state.sum}`
  return String(metric.type === "Counter" ? state.count : state.value)
}

/** The contents of a span that has ended, with times in milliseconds. */
const told = (span: Tracer.NativeSpan) => ({
  name: span.name,
  parent: Option.getOrUndefined(Option.map(span.parent, ({ spanId }) => spanId)),
  at: ms(span.status.startTime),
  took: span.status._tag === "Ended" ? ms(span.status.endTime - span.status.startTime) : undefined,
  attributes: Object.fromEntries(span.attributes),
  events: span.events.map(([name, at, attributes]) => [name, ms(at), attributes]),
})

const ms = (nanos: bigint): number => Number(nanos) / 1e6

/** Runs an effect to its exit on the test clock. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.await(fiber)
  })

/** The spans that an effect records, in order. */
export const traced = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      },
    })
    yield* inTime(Effect.withTracer(effect, tracer))
    const names = new Map(spans.map(({ name, spanId }) => [spanId, name]))
    return spans.map((span) => {
      const { parent, ...rest } = told(span)
      return { ...rest, parent: parent === undefined ? undefined : names.get(parent) }
    })
  }).pipe(pinned)

/** A call that fails after 100 ms and succeeds on the second attempt after 50 ms, in its own span. */
export const secondTimeLucky = ({ number }: Pipeline.Attempt) =>
  number === 1
    ? Effect.delay(Effect.fail(unavailable), "100 millis")
    : Effect.withSpan(Effect.sleep("50 millis"), "GET /clips")

export const pipeline = Pipeline.named("reel", Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 })))
