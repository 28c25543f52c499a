import { assert, describe, it } from "@effect/vitest"
import { type Classified } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Fallback from "@holdfast/core/Fallback"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Tracer } from "effect"
import { numbers, World } from "../../support/virtual.ts"
import { down, wrong, failing, steady, fails } from "../../support/defects.ts"

describe("the error of a call that gave up", () => {
  const first: Classified = { _tag: "First", verdict: Verdict.always() }
  const second: Classified = { _tag: "Second", verdict: Verdict.always() }
  const send = ({ number }: Pipeline.Attempt) => Effect.fail(number === 1 ? first : second)
  const seen = (error: unknown) => Timeline.of(error).map(({ decidedBy, error }) => [error._tag, decidedBy])

  it("fails with the last error if the retry budget is empty, and includes earlier errors in the timeline", () => {
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 14, cost: 14 })
    const { error } = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ budget })), send))
    assert.strictEqual(error, second)
    assert.deepStrictEqual(seen(error), [
      ["First", "backoff"],
      ["Second", "budget"],
    ])
  })

  it("fails with CircuitOpen if the circuit is open, and includes the errors that opened it in the timeline", () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 2, open: "1 hour", maxOpen: "1 hour" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.breaker(breaker))
    const { error } = fails(Pipeline.run(pipeline, send))
    assert.strictEqual(error._tag, "CircuitOpen")
    assert.deepStrictEqual(seen(error), [
      ["First", "backoff"],
      ["Second", "backoff"],
      ["CircuitOpen", "attempts"],
    ])
  })

  it("fails with the last error after the last attempt or after a `never` verdict", () => {
    const spent = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 })), send)).error
    assert.strictEqual(spent, second)
    assert.strictEqual(Timeline.of(spent).at(-1)?.decidedBy, "attempts")
    const refused = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry()), Effect.fail(wrong))).error
    assert.deepStrictEqual([refused, seen(refused)], [wrong, [["Wrong", "verdict"]]])
  })

  it("fails with DeadlineExceeded when the deadline has passed, and includes the last error and a timeline of the failed attempts", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(1000), Pipeline.retry({ backoff: steady }))
    const { error } = fails(Pipeline.run(pipeline, (attempt) => Effect.andThen(Effect.sleep(250), send(attempt))))
    assert.instanceOf(error, Deadline.DeadlineExceeded)
    assert.strictEqual(error instanceof Deadline.DeadlineExceeded ? error.last : undefined, second)
    assert.deepStrictEqual(
      seen(error).map(([tag]) => tag),
      ["First", "Second"],
    )
  })

  it("fails with the fallback's error if the fallback fails, and includes all attempts in the timeline", () => {
    const other: Classified = { _tag: "Other", verdict: Verdict.never() }
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.fallback(Fallback.to(() => Effect.fail({ ...other }))),
      Pipeline.retry({ attempts: 2 }),
    )
    const { error } = fails(Pipeline.run(pipeline, send))
    assert.deepStrictEqual([error._tag, seen(error).map(([tag]) => tag)], ["Other", ["First", "Second"]])
  })
})

describe("observation", () => {
  it("telemetry records one span for each attempt, and each retry's span carries its resend count", () => {
    const world = new World()
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      },
    })
    const pipeline = Pipeline.named(
      "watched",
      Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4, backoff: steady }), Pipeline.timeout(500)),
    )
    const send = ({ number }: Pipeline.Attempt) =>
      number === 1 ? failing(100) : number === 2 ? Effect.never : number === 3 ? Effect.fail(down) : Effect.void
    world.start(
      Pipeline.run(pipeline, send).pipe(
        Observer.observe(Telemetry.make({ spans: "attempts", metrics: false })),
        Effect.provideService(Tracer.Tracer, tracer),
      ),
    )
    world.end()
    assert.deepStrictEqual(
      spans.map(({ attributes, status }) => [
        attributes.get("http.request.resend_count"),
        attributes.get("error.type"),
        status._tag === "Ended" ? Number((status.endTime - status.startTime) / 1_000_000n) : undefined,
      ]),
      [
        [undefined, "Down", 100],
        [1, "AttemptTimedOut", 500],
        [2, "Down", 0],
        [3, undefined, 0],
      ],
    )
  })

  it("an observer receives every attempt and every retry decision, whether or not the call succeeds", () => {
    const random = numbers(11)
    const world = new World({ random })
    const told: Record<string, number> = {}
    const event = ({ _tag }: Observer.Event) => {
      told[_tag] = (told[_tag] ?? 0) + 1
      return undefined
    }
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
    let sent = 0
    let failed = 0
    const send = Effect.suspend(() => {
      sent++
      if (random() < 0.4) return Effect.void
      failed++
      return Effect.fail(down)
    })
    for (let n = 0; n < 100; n++)
      world.start(Pipeline.run(pipeline, send).pipe(Effect.exit, Observer.observe({ event })))
    world.end()
    assert.deepStrictEqual([told["AttemptStarted"], told["AttemptEnded"], told["CallEnded"]], [sent, sent, 100])
    assert.strictEqual((told["RetryScheduled"] ?? 0) + (told["RetryRefused"] ?? 0), failed)
  })
})
