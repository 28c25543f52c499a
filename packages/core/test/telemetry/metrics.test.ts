import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Fallback from "@holdfast/core/Fallback"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import type * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Throttle from "@holdfast/core/Throttle"
import { Effect, Metric } from "effect"
import { TestClock } from "effect/testing"
import { pinned } from "../support/pipeline.ts"
import { unavailable, events, tell, measured, shown, inTime, secondTimeLucky, pipeline } from "../support/telemetry.ts"

describe("Telemetry: metrics", () => {
  it.effect("counts every event once, with the documented names, units and attributes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* measured(tell(Telemetry.make(), "reel")), [
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=failure error.type=Unavailable: 1 in 0.12",
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=failure error.type=_OTHER: 1 in 0",
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=ignored: 1 in 0.003",
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=success: 1 in 0.08",
        "holdfast.call.attempts [{attempt}] pipeline.name=reel outcome=ignored: 1 in 3",
        "holdfast.call.attempts [{attempt}] pipeline.name=reel outcome=success: 1 in 2",
        "holdfast.call.duration [s] pipeline.name=reel outcome=ignored error.type=DeadlineExceeded: 1 in 10",
        "holdfast.call.duration [s] pipeline.name=reel outcome=success: 1 in 0.61",
        "holdfast.circuit.changed [{change}] circuitbreaker.name=breaker circuitbreaker.state=half-open: 1",
        "holdfast.circuit.changed [{change}] circuitbreaker.name=breaker circuitbreaker.state=open: 1",
        "holdfast.circuit.state [{state}] circuitbreaker.name=breaker circuitbreaker.state=closed: 0",
        "holdfast.circuit.state [{state}] circuitbreaker.name=breaker circuitbreaker.state=half-open: 1",
        "holdfast.circuit.state [{state}] circuitbreaker.name=breaker circuitbreaker.state=open: 0",
        "holdfast.deadline.exceeded [{call}] pipeline.name=reel: 1",
        "holdfast.deadline.spent [s] pipeline.name=reel phase=attempts: 1.5",
        "holdfast.deadline.spent [s] pipeline.name=reel phase=gates: 1",
        "holdfast.deadline.spent [s] pipeline.name=reel phase=queue: 0.5",
        "holdfast.deadline.spent [s] pipeline.name=reel phase=waits: 7",
        "holdfast.fallback.used [{call}] pipeline.name=reel error.type=DeadlineExceeded: 1",
        "holdfast.gate.wait [s] pipeline.name=reel: 1 in 90",
        "holdfast.hedge.started [{attempt}] pipeline.name=reel: 1",
        "holdfast.hedge.won [{attempt}] pipeline.name=reel: 1",
        "holdfast.policy.rejected [{attempt}] pipeline.name=reel policy.name=breaker error.type=CircuitOpen dry_run=true: 1",
        "holdfast.policy.rejected [{attempt}] pipeline.name=reel policy.name=breaker error.type=CircuitOpen: 1",
        "holdfast.queue.wait [s] pipeline.name=reel policy.name=bulkhead: 1 in 0.02",
        "holdfast.retry.refused [{retry}] pipeline.name=reel retry.decided_by=budget error.type=Unavailable: 1",
        "holdfast.retry.scheduled [{retry}] pipeline.name=reel retry.decided_by=backoff error.type=Unavailable: 1",
        "holdfast.retry.scheduled [{retry}] pipeline.name=reel retry.decided_by=server error.type=Unavailable: 1",
        "holdfast.retry.wait [s] pipeline.name=reel retry.decided_by=backoff: 1 in 0.41",
        "holdfast.retry.wait [s] pipeline.name=reel retry.decided_by=server: 1 in 30",
      ])
    }),
  )

  it.effect("records exact measurements for a call that is sent twice", () =>
    Effect.gen(function* () {
      const call = Pipeline.run(pipeline, secondTimeLucky).pipe(Effect.provide(Telemetry.layer()))
      assert.deepStrictEqual(yield* measured(inTime(call)), [
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=failure error.type=Unavailable: 1 in 0.1",
        "holdfast.attempt.duration [s] pipeline.name=reel outcome=success: 1 in 0.05",
        "holdfast.call.attempts [{attempt}] pipeline.name=reel outcome=success: 1 in 2",
        "holdfast.call.duration [s] pipeline.name=reel outcome=success: 1 in 0.65",
        "holdfast.retry.scheduled [{retry}] pipeline.name=reel retry.decided_by=backoff error.type=Unavailable: 1",
        "holdfast.retry.wait [s] pipeline.name=reel retry.decided_by=backoff: 1 in 0.5",
      ])
    }).pipe(pinned),
  )

  it.effect("counts a call that exceeds its deadline only once, even inside a fallback", () =>
    Effect.gen(function* () {
      const short = Pipeline.named("short", Pipeline.makeUnsafe(Pipeline.deadline("1 second")))
      const call = Pipeline.run(short, Effect.never).pipe(Fallback.protect(Fallback.value("late")))
      const lines = yield* measured(inTime(Effect.provide(call, Telemetry.layer())))
      assert.deepStrictEqual(
        lines.filter((shown) => /deadline|fallback|call.duration/.test(shown)),
        [
          "holdfast.call.duration [s] pipeline.name=short outcome=failure error.type=DeadlineExceeded: 1 in 1",
          "holdfast.deadline.exceeded [{call}] pipeline.name=short: 1",
          "holdfast.deadline.spent [s] pipeline.name=short phase=attempts: 1",
          "holdfast.deadline.spent [s] pipeline.name=short phase=gates: 0",
          "holdfast.deadline.spent [s] pipeline.name=short phase=queue: 0",
          "holdfast.deadline.spent [s] pipeline.name=short phase=waits: 0",
          "holdfast.fallback.used [{call}] error.type=DeadlineExceeded: 1",
        ],
      )
    }),
  )

  it.effect("reports every metric when calls trigger every kind of event", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("maintenance", { initial: { _tag: "Closed", reason: "test", since: 0 } })
      const reel = Pipeline.named(
        "reel",
        Pipeline.makeUnsafe(
          Pipeline.deadline("5 seconds"),
          Pipeline.retry({ attempts: 3, budget: RetryBudget.makeUnsafe() }),
          Pipeline.gates({ others: [gate] }),
          Pipeline.hedge(Hedge.makeUnsafe({ delay: "100 millis" })),
          Pipeline.limits(Bulkhead.makeUnsafe({ permits: 2, queue: 2 })),
          Pipeline.breaker(CircuitBreaker.makeUnsafe({ consecutive: 3 })),
        ),
      )
      const calls = Effect.gen(function* () {
        yield* Telemetry.watch(reel, gate, Throttle.makeUnsafe())
        const slow = ({ number }: Pipeline.Attempt) => (number === 1 ? Effect.never : Effect.succeed("copy"))
        const lucky = Pipeline.run(reel, slow, { repeatable: true })
        yield* inTime(lucky)
        yield* Effect.forkChild(lucky)
        yield* TestClock.adjust("2 seconds")
        yield* gate.open
        yield* TestClock.adjust("2 seconds")
        const failing = Pipeline.run(reel, Effect.delay(Effect.fail(unavailable), "10 millis"))
        yield* inTime(Effect.all([failing, failing, failing], { concurrency: 3, mode: "result" }))
        yield* inTime(Fallback.protect(failing, Fallback.value("cached")))
        return yield* Metric.snapshot
      })
      const snapshot = yield* Effect.provide(Effect.scoped(calls), Telemetry.layer())

      for (const { attributes, description, id, type } of snapshot) {
        const defined = PolicyMetrics.definition(id as PolicyMetrics.Name)
        const { unit, ...labels } = attributes ?? {}
        assert.deepStrictEqual(
          [type.toLowerCase(), unit, description],
          [defined.type, defined.unit, defined.description],
        )
        for (const label of Object.keys(labels)) assert.include(defined.attributes, label, id)
      }
      const moved = snapshot.filter((metric) => metric.type === "Gauge" || !shown(metric).startsWith("0"))
      assert.deepStrictEqual([...new Set(moved.map(({ id }) => id))].toSorted(), [...PolicyMetrics.names].toSorted())
    }).pipe(pinned, Effect.provideService(Metric.MetricRegistry, new Map())),
  )

  it.effect("aggregates events by pipeline name, and omits the name of an unnamed pipeline", () =>
    Effect.gen(function* () {
      const watch = Telemetry.make()
      const refused = events.filter(({ _tag }) => _tag === "RetryRefused")
      const lines = yield* measured(
        tell(watch, "a", refused).pipe(
          Effect.andThen(tell(watch, "a", refused)),
          Effect.andThen(tell(watch, "b", refused)),
          Effect.andThen(tell(watch, "", refused)),
        ),
      )
      assert.deepStrictEqual(lines, [
        "holdfast.retry.refused [{retry}] pipeline.name=a retry.decided_by=budget error.type=Unavailable: 2",
        "holdfast.retry.refused [{retry}] pipeline.name=b retry.decided_by=budget error.type=Unavailable: 1",
        "holdfast.retry.refused [{retry}] retry.decided_by=budget error.type=Unavailable: 1",
      ])
    }),
  )

  it.effect("adds the metric attributes of the fiber that runs the call", () =>
    Effect.gen(function* () {
      const refused = events.filter(({ _tag }) => _tag === "HedgeWon")
      const lines = yield* measured(
        tell(Telemetry.make(), "a", refused).pipe(
          Effect.provideService(Metric.CurrentMetricAttributes, { tenant: "north" }),
        ),
      )
      assert.deepStrictEqual(lines, ["holdfast.hedge.won [{attempt}] pipeline.name=a tenant=north: 1"])
    }),
  )

  it.effect("limits each metric to 2000 series, and combines the rest in one overflow series", () =>
    Effect.gen(function* () {
      const watch = Telemetry.make()
      const refusals = Array.from({ length: 2010 }, (_, n): Observer.Event => ({
        _tag: "RetryRefused",
        error: { ...unavailable, _tag: `E${n}` },
        by: "verdict",
      }))
      const twice = [...refusals, ...refusals]
      const lines = yield* measured(tell(watch, "", twice))
      assert.strictEqual(lines.length, 2001)
      assert.include(lines, "holdfast.retry.refused [{retry}] otel.metric.overflow=true: 20")
      assert.include(lines, "holdfast.retry.refused [{retry}] retry.decided_by=verdict error.type=E1999: 2")
    }),
  )

  it.effect("sorts durations into the documented buckets", () =>
    Effect.gen(function* () {
      const ended = [4, 5, 6, 299_999, 300_001].map((durationMs): Observer.Event => ({
        _tag: "AttemptEnded",
        number: 1,
        outcome: "success",
        durationMs,
      }))
      const snapshot = yield* Effect.andThen(tell(Telemetry.make(), "", ended), Metric.snapshot).pipe(
        Effect.provideService(Metric.MetricRegistry, new Map()),
      )
      const [histogram] = snapshot.filter(({ type }) => type === "Histogram")
      const { buckets, count } = (histogram ?? assert.fail("no histogram")).state as Metric.HistogramState
      assert.deepStrictEqual(buckets.slice(0, 2), [
        [0.005, 2],
        [0.01, 3],
      ])
      assert.deepStrictEqual(buckets.at(-1), [300, 4])
      assert.strictEqual(count, 5)
    }),
  )

  it.effect("does not record metrics if they are disabled", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* measured(tell(Telemetry.make({ metrics: false }), "reel")), [])
    }),
  )
})
