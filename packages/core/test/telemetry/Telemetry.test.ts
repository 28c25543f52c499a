import { assert, describe, it } from "@effect/vitest"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { DeadlineExceeded } from "@holdfast/core/Deadline"
import * as Fallback from "@holdfast/core/Fallback"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Throttle from "@holdfast/core/Throttle"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Exit, Fiber, Metric, Option, Random, Scope, Tracer } from "effect"
import { TestClock } from "effect/testing"

const unavailable = { _tag: "Unavailable", verdict: Verdict.always() }

const late = new DeadlineExceeded({
  limit: 10_000,
  left: 0,
  spent: { attempts: 1500, waits: 7000, gates: 1000, queue: 500 },
  last: unavailable,
})

/** One event of each kind, and more where their fields make a difference. */
const events: ReadonlyArray<Observer.Event> = [
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

/** Tells an observer of events, as the call of a pipeline does. */
const tell = (watch: Observer.Watch, pipeline: string, told: ReadonlyArray<Observer.Event> = events) =>
  Effect.withFiber((fiber) =>
    Effect.sync(() => {
      for (const event of told) assert.isUndefined(watch.event(event, { pipeline, number: 1, fiber }))
    }),
  )

/** The metrics that an effect leaves, one line a series. */
const measured = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.andThen(
    effect,
    Effect.map(Metric.snapshot, (all) => all.map(line).toSorted()),
  ).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const line = ({ attributes = {}, id, ...metric }: Metric.Metric.Snapshot): string => {
  const { unit, ...rest } = attributes
  const labels = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  return `${id} [${unit}] ${labels.join(" ")}: ${shown(metric)}`
}

const shown = (metric: Pick<Metric.Metric.Snapshot, "type" | "state">): string => {
  const state = metric.state as Metric.CounterState<number> & Metric.GaugeState<number> & Metric.HistogramState
  if (metric.type === "Histogram") return `${state.count} in ${state.sum}`
  return String(metric.type === "Counter" ? state.count : state.value)
}

describe("the metrics of Telemetry", () => {
  it.effect("count every event once, with the names, units and attributes of the table", () =>
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

  it.effect("are exact for a call that is sent twice", () =>
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

  it.effect("count a call that runs out of time once, whatever is around it", () =>
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

  it.effect("are all filled by calls that meet with everything", () =>
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

  it.effect("add up, and leave the pipeline out where it has no name", () =>
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

  it.effect("have the attributes of the fiber that runs the call, too", () =>
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

  it.effect("are 2000 series each at most: what comes later is counted together", () =>
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

  it.effect("fall into the buckets of the table", () =>
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

  it.effect("are none where they are switched off", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* measured(tell(Telemetry.make({ metrics: false }), "reel")), [])
    }),
  )
})

/** What a span says when it is over; times are in milliseconds. */
const told = (span: Tracer.NativeSpan) => ({
  name: span.name,
  parent: Option.getOrUndefined(Option.map(span.parent, ({ spanId }) => spanId)),
  at: ms(span.status.startTime),
  took: span.status._tag === "Ended" ? ms(span.status.endTime - span.status.startTime) : undefined,
  attributes: Object.fromEntries(span.attributes),
  events: span.events.map(([name, at, attributes]) => [name, ms(at), attributes]),
})

const ms = (nanos: bigint): number => Number(nanos) / 1e6

/** Runs an effect to its end with the clock of the tests. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.await(fiber)
  })

const pinned = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })

/** The spans that an effect makes, in their order. */
const traced = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
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

/** A call that fails once after 100 ms and succeeds the next time after 50 ms, in a span of its own. */
const secondTimeLucky = ({ number }: Pipeline.Attempt) =>
  number === 1
    ? Effect.delay(Effect.fail(unavailable), "100 millis")
    : Effect.withSpan(Effect.sleep("50 millis"), "GET /clips")

const pipeline = Pipeline.named("reel", Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 })))

const resent = { "http.request.resend_count": 1 }

const attempts = (parent: string | undefined) => [
  {
    name: "reel attempt",
    parent,
    at: 0,
    took: 100,
    attributes: { "pipeline.name": "reel", "retry.attempt": 1, "error.type": "Unavailable" },
    events: [],
  },
  {
    name: "reel attempt",
    parent,
    at: 600,
    took: 50,
    attributes: { "pipeline.name": "reel", "retry.attempt": 2, ...resent },
    events: [],
  },
  { name: "GET /clips", parent: "reel attempt", at: 600, took: 50, attributes: resent, events: [] },
]

const scheduled = [
  "retry.scheduled",
  100,
  { "retry.attempt": 1, "retry.decided_by": "backoff", "retry.wait": 0.5, "error.type": "Unavailable" },
]

describe("the spans of Telemetry", () => {
  it.effect("are one for a call and one for each attempt, with what happened between them", () =>
    Effect.gen(function* () {
      const spans = yield* Pipeline.run(pipeline, secondTimeLucky).pipe(Effect.provide(Telemetry.layer()), traced)
      assert.deepStrictEqual(spans, [
        {
          name: "reel call",
          parent: undefined,
          at: 0,
          took: 650,
          attributes: { "pipeline.name": "reel", "retry.attempt": 2 },
          events: [scheduled],
        },
        ...attempts("reel call"),
      ])
    }),
  )

  it.effect("can be of the attempts only, and events are then those of the caller's span", () =>
    Effect.gen(function* () {
      const spans = yield* Pipeline.run(pipeline, secondTimeLucky).pipe(
        Effect.withSpan("upload"),
        Effect.provide(Telemetry.layer({ spans: "attempts" })),
        traced,
      )
      assert.deepStrictEqual(spans, [
        { name: "upload", parent: undefined, at: 0, took: 650, attributes: {}, events: [scheduled] },
        ...attempts("upload"),
      ])
    }),
  )

  it.effect("are none, and nothing is put on the caller's, where they are switched off", () =>
    Effect.gen(function* () {
      const spans = yield* Pipeline.run(pipeline, secondTimeLucky).pipe(
        Effect.withSpan("upload"),
        Effect.provide(Telemetry.layer({ spans: "none" })),
        traced,
      )
      assert.deepStrictEqual(spans, [
        { name: "upload", parent: undefined, at: 0, took: 650, attributes: {}, events: [] },
        { name: "GET /clips", parent: "upload", at: 600, took: 50, attributes: {}, events: [] },
      ])
    }),
  )

  it.effect("say why the last attempt was the last, and where the time went", () =>
    Effect.gen(function* () {
      const short = Pipeline.makeUnsafe(Pipeline.deadline("1 second"), Pipeline.retry())
      const send = Effect.delay(Effect.fail(unavailable), "200 millis")
      const [call, ...sent] = yield* Pipeline.run(short, send).pipe(Effect.provide(Telemetry.layer()), traced)
      assert.deepStrictEqual(
        sent.map(({ name, at }) => [name, at]),
        [
          ["attempt", 0],
          ["attempt", 700],
        ],
      )
      assert.deepStrictEqual(call, {
        name: "call",
        parent: undefined,
        at: 0,
        took: 900,
        attributes: { "retry.attempt": 2, "error.type": "DeadlineExceeded" },
        events: [
          [
            "retry.scheduled",
            200,
            { "retry.attempt": 1, "retry.decided_by": "backoff", "retry.wait": 0.5, "error.type": "Unavailable" },
          ],
          ["retry.refused", 900, { "retry.attempt": 2, "retry.decided_by": "deadline", "error.type": "Unavailable" }],
          [
            "deadline.exceeded",
            900,
            {
              "deadline.spent.attempts": 0.4,
              "deadline.spent.waits": 0.5,
              "deadline.spent.gates": 0,
              "deadline.spent.queue": 0,
            },
          ],
        ],
      })
    }),
  )

  it.effect("have an event for everything that is not an attempt", () =>
    Effect.gen(function* () {
      const [span] = yield* tell(Telemetry.make({ metrics: false }), "reel").pipe(Effect.withSpan("upload"), traced)
      assert.deepStrictEqual(
        span?.events.map(([name]) => name),
        [
          "retry.scheduled",
          "retry.scheduled",
          "retry.refused",
          "gate.waited",
          "queue.waited",
          "policy.rejected",
          "policy.rejected",
          "circuitbreaker.changed",
          "circuitbreaker.changed",
          "hedge.started",
          "hedge.won",
          "fallback.used",
          "deadline.exceeded",
        ],
      )
    }),
  )

  it.effect("name an attempt's error as it is decoded, and one that took too long", () =>
    Effect.gen(function* () {
      const decoding = Pipeline.makeUnsafe(
        Pipeline.retry({ attempts: 2 }),
        Pipeline.timeout("1 second"),
        Pipeline.decode((status: number) => ({ _tag: `Status${status}`, verdict: Verdict.always() })),
      )
      const send = ({ number }: Pipeline.Attempt) => (number === 1 ? Effect.never : Effect.fail(503))
      const run = Pipeline.run(decoding, send).pipe(Effect.provide(Telemetry.layer()), Effect.exit)
      const spans = yield* traced(run)
      assert.deepStrictEqual(
        spans.map(({ attributes, name, took }) => [name, attributes["error.type"], took]),
        [
          ["call", "Status503", 1500],
          ["attempt", "AttemptTimedOut", 1000],
          ["attempt", "Status503", 0],
        ],
      )
      assert.deepStrictEqual(
        (yield* measured(inTime(run))).filter((shown) => shown.startsWith("holdfast.attempt")),
        [
          "holdfast.attempt.duration [s] outcome=failure error.type=AttemptTimedOut: 1 in 1",
          "holdfast.attempt.duration [s] outcome=failure error.type=Status503: 1 in 0",
        ],
      )
    }).pipe(pinned),
  )

  it.effect("call no interruption an error, and a defect by no name", () =>
    Effect.gen(function* () {
      const interrupted = yield* Pipeline.run(pipeline, Effect.interrupt).pipe(
        Effect.provide(Telemetry.layer()),
        traced,
      )
      const died = yield* Pipeline.run(pipeline, Effect.die(new RangeError("bug"))).pipe(
        Effect.provide(Telemetry.layer()),
        traced,
      )
      assert.deepStrictEqual(
        [...interrupted, ...died].map(({ attributes, name }) => [name, attributes["error.type"]]),
        [
          ["reel call", undefined],
          ["reel attempt", undefined],
          ["reel call", "_OTHER"],
          ["reel attempt", "_OTHER"],
        ],
      )
    }),
  )
})

describe("Telemetry.layer", () => {
  it.effect("leaves an observer that is there already where it is", () =>
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

  it.effect("is seen by the pipelines below it only", () =>
    Effect.gen(function* () {
      const below = Pipeline.run(pipeline, Effect.void).pipe(Effect.provide(Telemetry.layer()))
      const spans = yield* Effect.andThen(below, Pipeline.run(pipeline, Effect.void)).pipe(traced)
      assert.strictEqual(spans.length, 2)
    }),
  )
})

describe("Telemetry.watch", () => {
  it.effect("shows the state of policies when somebody looks, and no longer than its scope is open", () =>
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

  it.effect("takes a pipeline for its policies, and shows no budget that has no end", () =>
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

  it.effect("is right beside the events of the calls that change what it shows", () =>
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

describe("PolicyMetrics", () => {
  it("names what Prometheus makes of a metric that comes by OTLP", () => {
    assert.deepStrictEqual(
      [
        "holdfast.call.duration",
        "holdfast.call.attempts",
        "holdfast.retry.scheduled",
        "holdfast.deadline.spent",
        "holdfast.circuit.state",
        "holdfast.throttle.rejection",
      ].map(PolicyMetrics.prometheusName),
      [
        "holdfast_call_duration_seconds",
        "holdfast_call_attempts",
        "holdfast_retry_scheduled_total",
        "holdfast_deadline_spent_seconds_total",
        "holdfast_circuit_state",
        "holdfast_throttle_rejection_ratio",
      ],
    )
  })

  it("leaves other metrics their names", () => {
    assert.deepStrictEqual(["child_fibers_active", "toString"].map(PolicyMetrics.prometheusName), [
      "child_fibers_active",
      "toString",
    ])
  })

  it("has boundaries for histograms, rising, and for nothing else", () => {
    for (const name of PolicyMetrics.names) {
      const { boundaries, type } = PolicyMetrics.definition(name)
      assert.strictEqual(boundaries !== undefined, type === "histogram", name)
      assert.deepStrictEqual(
        boundaries?.toSorted((a, b) => a - b),
        boundaries && [...new Set(boundaries)],
        name,
      )
    }
  })
})
