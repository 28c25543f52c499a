import { assert, describe, it } from "@effect/vitest"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Throttle from "@holdfast/core/Throttle"
import { Effect, Exit, Metric, Scope } from "effect"
import { TestClock } from "effect/testing"
import { unavailable, line, traced, pipeline } from "../support/telemetry.ts"

describe("Telemetry.layer", () => {
  it.effect("adds an observer without replacing one that is already provided", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const other: Observer.Watch = {
        event: ({ _tag }) => Effect.sync(() => void seen.push(_tag)),
        around: (_attempt, send) => Effect.withSpan(send, "other attempt"),
        call: (_about, run) => Effect.withSpan(run, "other call"),
      }
      const spans = yield* Pipeline.run(pipeline, Effect.void).pipe(
        Effect.provide(Telemetry.layer()),
        Observer.observe(other),
        traced,
      )
      assert.deepStrictEqual(seen, ["AttemptStarted", "AttemptEnded", "CallEnded"])
      assert.deepStrictEqual(
        spans.map(({ name, parent }) => [name, parent]),
        [
          ["other call", undefined],
          ["reel call", "other call"],
          ["other attempt", "reel call"],
          ["reel attempt", "other attempt"],
        ],
      )
    }),
  )

  it.effect("observes only the pipelines to which the layer is provided", () =>
    Effect.gen(function* () {
      const below = Pipeline.run(pipeline, Effect.void).pipe(Effect.provide(Telemetry.layer()))
      const spans = yield* Effect.andThen(below, Pipeline.run(pipeline, Effect.void)).pipe(traced)
      assert.strictEqual(spans.length, 2)
    }),
  )
})

describe("Telemetry.watch", () => {
  it.effect("reports the current state of the policies whenever metrics are read, until the scope closes", () =>
    Effect.gen(function* () {
      const breaker = CircuitBreaker.makeUnsafe({ name: "reel", consecutive: 1 })
      const bulkhead = Bulkhead.makeUnsafe({ permits: 2, queue: 5 })
      const adaptive = AdaptiveLimit.makeUnsafe({ initial: 7 })
      const budget = RetryBudget.makeUnsafe()
      const hedge = Hedge.makeUnsafe({ delay: "250 millis" })
      const throttle = Throttle.makeUnsafe({ minimum: 0 })
      const gate = yield* Gate.make("connectivity")
      const scope = yield* Scope.make()
      yield* Telemetry.watch(breaker, bulkhead, adaptive, budget, throttle, hedge, gate).pipe(Scope.provide(scope))

      assert.deepStrictEqual(yield* shownNow, [
        "holdfast.budget.balance [{token}] policy.name=budget: 500",
        "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Closed: 1",
        "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=HalfOpen: 0",
        "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Isolated: 0",
        "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Open: 0",
        "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Recovering: 0",
        "holdfast.gate.open [{gate}] gate.name=connectivity: 1",
        "holdfast.hedge.delay [s] policy.name=hedge: 0.25",
        "holdfast.limit.in_flight [{call}] policy.name=adaptive limit: 0",
        "holdfast.limit.in_flight [{call}] policy.name=bulkhead: 0",
        "holdfast.limit.places [{call}] policy.name=adaptive limit: 7",
        "holdfast.limit.places [{call}] policy.name=bulkhead: 2",
        "holdfast.limit.queued [{call}] policy.name=adaptive limit: 0",
        "holdfast.limit.queued [{call}] policy.name=bulkhead: 0",
        "holdfast.throttle.rejection [1] policy.name=throttle: 0",
      ])

      const before = new Set(yield* shownNow)
      yield* Effect.ignore(CircuitBreaker.protect(Effect.fail(unavailable), breaker))
      yield* Effect.ignore(Throttle.protect(Effect.fail(unavailable), throttle))
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(Bulkhead.protect(Effect.never, bulkhead))
      yield* Effect.forkChild(AdaptiveLimit.protect(Effect.never, adaptive))
      yield* TestClock.adjust(1)
      budget.charge(0, undefined)
      yield* gate.close("no answer")
      assert.deepStrictEqual(
        (yield* shownNow).filter((now) => !before.has(now)),
        [
          "holdfast.budget.balance [{token}] policy.name=budget: 486",
          "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Closed: 0",
          "holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=Open: 1",
          "holdfast.gate.open [{gate}] gate.name=connectivity: 0",
          "holdfast.limit.in_flight [{call}] policy.name=adaptive limit: 1",
          "holdfast.limit.in_flight [{call}] policy.name=bulkhead: 2",
          "holdfast.limit.queued [{call}] policy.name=bulkhead: 1",
          "holdfast.throttle.rejection [1] policy.name=throttle: 0.5",
        ],
      )

      yield* CircuitBreaker.isolate(breaker, "maintenance")
      assert.include(yield* shownNow, `${circuit("Isolated")}: 1`)
      assert.include(yield* shownNow, `${circuit("Open")}: 0`)

      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* shownNow, [])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()), Effect.scoped),
  )

  it.effect("accepts a pipeline in place of its policies, and does not report unlimited budgets", () =>
    Effect.gen(function* () {
      const watched = Pipeline.makeUnsafe(
        Pipeline.deadline("1 minute"),
        Pipeline.retry({ budget: RetryBudget.ratioUnsafe() }),
        Pipeline.limits(
          Bulkhead.makeUnsafe({ name: "all", permits: 9 }),
          Bulkhead.makeUnsafe({ name: "uploads", permits: 4 }),
        ),
        Pipeline.breaker(CircuitBreaker.makeUnsafe()),
        Pipeline.timeout("5 seconds"),
      )
      yield* Telemetry.watch(watched, RetryBudget.unlimited)
      assert.deepStrictEqual(
        (yield* shownNow).filter((shown) => !shown.startsWith("holdfast.circuit.state")),
        [
          "holdfast.budget.balance [{token}] policy.name=budget: 100",
          "holdfast.limit.in_flight [{call}] policy.name=all: 0",
          "holdfast.limit.in_flight [{call}] policy.name=uploads: 0",
          "holdfast.limit.places [{call}] policy.name=all: 9",
          "holdfast.limit.places [{call}] policy.name=uploads: 4",
          "holdfast.limit.queued [{call}] policy.name=all: 0",
          "holdfast.limit.queued [{call}] policy.name=uploads: 0",
        ],
      )
      assert.strictEqual((yield* shownNow).length, 7 + 5)
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()), Effect.scoped),
  )

  it.effect("reports a state that is consistent with the events of the calls that changed it", () =>
    Effect.gen(function* () {
      const breaker = CircuitBreaker.makeUnsafe({ name: "reel", consecutive: 1 })
      yield* Telemetry.watch(breaker)
      yield* CircuitBreaker.protect(Effect.fail(unavailable), breaker).pipe(
        Effect.ignore,
        Effect.provide(Telemetry.layer()),
      )
      assert.deepStrictEqual(
        (yield* shownNow).filter((shown) => shown.startsWith("holdfast.circuit")),
        [
          "holdfast.circuit.changed [{change}] circuitbreaker.name=reel circuitbreaker.state=Open: 1",
          `${circuit("Closed")}: 0`,
          `${circuit("HalfOpen")}: 0`,
          `${circuit("Isolated")}: 0`,
          `${circuit("Open")}: 1`,
          `${circuit("Recovering")}: 0`,
        ],
      )
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()), Effect.scoped),
  )
})

const shownNow = Effect.map(Metric.snapshot, (all) => all.map(line).toSorted())

const circuit = (state: string): string =>
  `holdfast.circuit.state [{state}] circuitbreaker.name=reel circuitbreaker.state=${state}`
