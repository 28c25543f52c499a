import { assert, describe, it } from "@effect/vitest"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect } from "effect"
import { pinned } from "../support/pipeline.ts"
import { unavailable, tell, measured, inTime, traced, secondTimeLucky, pipeline } from "../support/telemetry.ts"

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

describe("Telemetry: spans", () => {
  it.effect("records one span per call and per attempt, and adds the events between attempts to the call span", () =>
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

  it.effect("records spans only for attempts, and adds the other events to the caller's span", () =>
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

  it.effect("does not record spans if they are disabled, and leaves the caller's span unchanged", () =>
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

  it.effect("records why the call was not retried again and how the time of the call was spent", () =>
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

  it.effect("adds all events other than attempts to the current span", () =>
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

  it.effect("records the decoded error of an attempt, and the timeout error of an attempt that timed out", () =>
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

  it.effect("does not record an error type for an interruption, and records _OTHER for a defect", () =>
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
