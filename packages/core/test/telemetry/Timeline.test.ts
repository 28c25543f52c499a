import { assert, describe, it } from "@effect/vitest"
import * as Deadline from "@holdfast/core/Deadline"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Cause, Data, Effect, Exit, Schedule } from "effect"
import { World } from "../support/virtual.ts"

const secret = "eyJhbGciOi.secret"

const entry = (fields: Partial<Timeline.Entry> & { readonly number: number }): Timeline.Entry => ({
  error: Object.assign(new Error(`token ${secret}`), { _tag: "Unavailable", verdict: Verdict.always(), body: secret }),
  sent: true,
  startedAt: 1_700_000_000_000,
  duration: 120,
  wait: 0,
  decidedBy: "backoff",
  ...fields,
})

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const refused = { _tag: "CircuitOpen", verdict: Verdict.always() }

const three: Timeline.Timeline = [
  entry({ number: 1 }),
  entry({ number: 2, startedAt: 1_700_000_000_530, wait: 410, duration: 1000, decidedBy: "server" }),
  entry({
    number: 3,
    startedAt: 1_700_000_031_530,
    wait: 30_000,
    duration: 0,
    sent: false,
    error: refused,
    decidedBy: "attempts",
  }),
]

class Wrapped extends Data.TaggedError("Wrapped")<{ readonly cause: unknown }> {}

describe("Timeline.of", () => {
  it("returns the timeline attached to the error", () => {
    const error = Timeline.attach(new Error("last"), three)
    assert.strictEqual(Timeline.of(error), three)
  })

  it("returns an empty timeline for an error that no pipeline returned and for a value that is not an error", () => {
    for (const value of [new Error("other"), {}, null, undefined, "text", 7])
      assert.deepStrictEqual(Timeline.of(value), [])
  })

  it("finds the timeline attached to a cause of the error", () => {
    const error = Timeline.attach(new Error("last"), three)
    assert.strictEqual(Timeline.of(new Wrapped({ cause: new Error("outer", { cause: error }) })), three)
  })

  it("stops searching if the causes form a cycle", () => {
    const error: { cause?: unknown } = {}
    error.cause = error
    assert.deepStrictEqual(Timeline.of(error), [])
  })
})

describe("Timeline.fromCause", () => {
  it("skips interruptions and errors without a timeline, and returns the first timeline found", () => {
    const error = Timeline.attach(new Error("last"), three)
    const cause = Cause.fromReasons([
      Cause.makeInterruptReason(1),
      Cause.makeFailReason(new Error("other")),
      Cause.makeFailReason(error),
    ])
    assert.strictEqual(Timeline.fromCause(cause), three)
  })

  it("returns the timeline attached to a defect", () => {
    assert.strictEqual(Timeline.fromCause(Cause.die(Timeline.attach(new Error("bug"), three))), three)
  })

  it("returns an empty timeline for an interruption and for an empty cause", () => {
    assert.deepStrictEqual(Timeline.fromCause(Cause.interrupt(1)), [])
    assert.deepStrictEqual(Timeline.fromCause(Cause.empty), [])
  })
})

describe("Timeline.render", () => {
  it("renders a table that shows what happened to each attempt and why", () => {
    assert.strictEqual(
      Timeline.render(three),
      [
        "1.   0.00 s  Unavailable  after 0.12 s  retry in 0.41 s",
        "2.   0.53 s  Unavailable  after 1.00 s  retry in 30.00 s (Retry-After)",
        "3.  31.53 s  CircuitOpen  not sent      no attempt left",
      ].join("\n"),
    )
  })

  it("renders a reason for every kind of decision", () => {
    const decisions: ReadonlyArray<Timeline.Decision> = [
      "backoff",
      "server",
      "verdict",
      "once",
      "attempts",
      "schedule",
      "budget",
      "deadline",
    ]
    assert.deepStrictEqual(
      decisions.map((decidedBy) =>
        Timeline.render([entry({ number: 1, decidedBy })])
          .split("s  ")
          .at(-1),
      ),
      [
        "retry",
        "retry (Retry-After)",
        "not retried: the verdict of the error is never",
        "not retried: the only allowed retry has been used",
        "no attempt left",
        "the schedule has ended",
        "not retried: the retry budget is exhausted",
        "not retried: too little time is left before the deadline",
      ],
    )
  })

  it("returns an empty string if there are no attempts", () => {
    assert.strictEqual(Timeline.render([]), "")
  })
})

describe("Timeline.chart", () => {
  it("draws waits and attempts on a time axis", () => {
    const timeline = [
      entry({ number: 1, duration: 1000 }),
      entry({ number: 2, startedAt: 1_700_000_004_000, wait: 3000, duration: 2000 }),
      entry({ number: 3, startedAt: 1_700_000_010_000, wait: 4000, duration: 0, sent: false }),
    ]
    assert.deepStrictEqual(Timeline.chart(timeline, 20).split("\n"), [
      "1 ██",
      "2   ──────████",
      "3             ───────×",
    ])
  })

  it("draws every attempt, even if it is very short", () => {
    assert.deepStrictEqual(Timeline.chart([entry({ number: 1, duration: 0 })], 10), "1 █")
    const lines = Timeline.chart(three, 10).split("\n")
    assert.deepStrictEqual(lines, ["1 █", "2 █", "3 ─────────×"])
  })

  it("returns an empty chart if there are no attempts", () => {
    assert.strictEqual(Timeline.chart([]), "")
  })
})

describe("the timeline of an endless retry", () => {
  /** A call that is retried every 10 ms until its deadline of 100 s. */
  const endless = (retry: ReturnType<typeof Pipeline.retry>) => {
    const world = new World()
    let error: unknown
    const failing = Effect.delay(
      Effect.suspend(() => Effect.fail(new Unavailable())),
      2,
    )
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("100 seconds"), retry)
    world.start(Effect.flip(Pipeline.run(pipeline, failing))).addObserver((exit) => {
      error = Exit.isSuccess(exit) ? exit.value : undefined
    })
    world.end()
    assert.instanceOf(error, Deadline.DeadlineExceeded)
    return { error, timeline: Timeline.of(error), endedAt: world.now }
  }

  for (const [name, retry] of [
    [
      "attempts without end",
      Pipeline.retry({ attempts: Infinity, backoff: { base: 8, factor: 1, cap: 8, jitter: "none" } }),
    ],
    ["a schedule without end", Pipeline.retry(Schedule.spaced("8 millis"))],
  ] as const) {
    it(`keeps the first and last attempts and the number of omitted attempts for ${name}`, () => {
      const { endedAt, error, timeline } = endless(retry)
      const numbers = timeline.map(({ number }) => number)
      assert.deepStrictEqual(numbers.slice(0, 16), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
      assert.deepStrictEqual([numbers.length, numbers[16], numbers[63]], [64, 9953, 10_000])
      assert.strictEqual(Timeline.omitted(timeline), 9936)
      const { attempts, gates, queue, waits } = error.spent
      assert.strictEqual(attempts + waits + gates + queue, endedAt)
      assert.strictEqual(attempts, 20_000)
    })
  }

  it("states the number of omitted attempts in every output format", () => {
    const { timeline } = endless(Pipeline.retry(Schedule.spaced("8 millis")))
    const rendered = Timeline.render(timeline).split("\n")
    assert.deepStrictEqual(rendered.slice(15, 18), [
      "   16.   0.15 s  Unavailable  after 0.00 s  retry",
      "… 9936 attempts omitted",
      " 9953.  99.52 s  Unavailable  after 0.00 s  retry in 0.01 s",
    ])
    const chart = Timeline.chart(timeline, 40).split("\n")
    assert.strictEqual(chart.length, 65)
    assert.deepStrictEqual(chart.slice(15, 17), ["   16 █", "… 9936 attempts omitted"])
    const json = Timeline.toJson(timeline)
    assert.deepStrictEqual(
      json.flatMap(({ attempt, omitted }) => (omitted === undefined ? [] : [[attempt, omitted]])),
      [[9953, 9936]],
    )
  })
})

describe("Timeline.toJson", () => {
  it("converts a timeline to plain data with the tags of the errors", () => {
    assert.deepStrictEqual(JSON.parse(JSON.stringify(Timeline.toJson(three.slice(1)))), [
      {
        attempt: 2,
        error: "Unavailable",
        sent: true,
        startedAt: 1_700_000_000_530,
        durationMs: 1000,
        waitMs: 410,
        decidedBy: "server",
      },
      {
        attempt: 3,
        error: "CircuitOpen",
        sent: false,
        startedAt: 1_700_000_031_530,
        durationMs: 0,
        waitMs: 30_000,
        decidedBy: "attempts",
      },
    ])
  })

  it("rounds fractional times from the monotonic clock to whole milliseconds", () => {
    const [json] = Timeline.toJson([entry({ number: 1, startedAt: 1000.4, duration: 0.123456, wait: 250.75 })])
    assert.deepInclude(json, { startedAt: 1000, durationMs: 0, waitMs: 251 })
  })

  it("does not include messages or fields of the errors in any output format", () => {
    const shown = JSON.stringify(Timeline.toJson(three)) + Timeline.render(three) + Timeline.chart(three)
    assert.notInclude(shown, secret)
  })
})
