import { assert, describe, it } from "@effect/vitest"
import { type Classified } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Schema } from "effect"
import { numbers, World } from "../../support/virtual.ts"
import { down, asked, failing, steady, fails } from "../../support/defects.ts"

describe("jitter", () => {
  const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

  it.prop(
    "jitter keeps waits within the backoff cap, and spreads capped waits by more than 10 % of their mean",
    {
      base: between(1, 2000),
      cap: between(2000, 60_000),
      jitter: Schema.Literals(["equal", "full"]),
      seed: Schema.Int,
    },
    ({ base, cap, jitter, seed }) => {
      const random = numbers(seed)
      const world = new World({ random })
      const attempts = 60
      const waits: Array<number> = []
      const event = (event: Observer.Event) => {
        if (event._tag === "RetryScheduled") waits.push(event.waitMs)
        return undefined
      }
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts, backoff: { base, factor: 3, cap, jitter } }))
      world.start(Pipeline.run(pipeline, Effect.fail(down)).pipe(Effect.exit, Observer.observe({ event })))
      world.end()
      assert.strictEqual(waits.length, attempts - 1)
      for (const wait of waits) assert.isTrue(wait >= 0 && wait <= cap)
      const saturated = waits.filter((_, n) => base * 3 ** n >= cap)
      assert.strictEqual(saturated.filter((wait) => wait === cap).length, 0)
      const mean = saturated.reduce((sum, wait) => sum + wait, 0) / saturated.length
      const variance = saturated.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / saturated.length
      assert.isAbove(Math.sqrt(variance) / mean, 0.1)
      return true
    },
    { arbitrary: { runs: 60, seed: 3 }, timeout: 30_000 },
  )
})

describe("time limits", () => {
  it("a timeout limits each attempt separately, so the call can last as long as all attempts and waits together", () => {
    const each = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3, backoff: steady }), Pipeline.timeout(1000))
    const { at, error } = fails(Pipeline.run(each, Effect.never))
    assert.deepStrictEqual([at, error._tag], [3400, "AttemptTimedOut"])
    assert.strictEqual(Pipeline.worstCase(each).time, 3400)
  })

  it("a deadline ends a call that is waiting, queued, held at a gate or in flight", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door"))
    const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 10 })
    const ends: Array<number> = []
    const stages = [Pipeline.gates({ others: [gate] }), Pipeline.limits(bulkhead), Pipeline.timeout(700)] as const
    const all = Pipeline.makeUnsafe(
      Pipeline.deadline(2500),
      Pipeline.retry({ attempts: 50, backoff: steady }),
      ...stages,
    )
    world.at(900, () => void world.start(gate.close("shut")))
    for (const send of [Effect.never, failing(100), failing(10, asked("1 day")), Effect.fail(asked(2000))]) {
      world.start(Effect.exit(Pipeline.run(all, send))).addObserver(() => ends.push(world.now))
    }
    world.until(1_000_000)
    assert.strictEqual(ends.length, 4)
    for (const at of ends) assert.isAtMost(at, 2500)
    assert.strictEqual(Pipeline.worstCase(all).time, 2500)
  })

  it("a hint of one day does not delay the call for a day", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
    assert.strictEqual(fails(Pipeline.run(pipeline, Effect.fail(asked("1 day")))).at, 0)
    const clamping = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2, beyondHintCap: "clamp" }))
    assert.strictEqual(fails(Pipeline.run(clamping, Effect.fail(asked("1 day")))).at, 120_000)
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: 1000 })
    const behind = Pipeline.makeUnsafe(Pipeline.deadline("3 minutes"), Pipeline.retry(), Pipeline.breaker(breaker))
    assert.isAtMost(fails(Pipeline.run(behind, Effect.fail(asked("1 day")))).at, 180_000)
  })
})

describe("retry counts", () => {
  it("a retry policy sends exactly the configured number of attempts, even if different failures alternate", () => {
    const lost: Classified = { _tag: "Lost", verdict: Verdict.always({ closes: "connectivity" }) }
    for (const attempts of [1, 2, 3, 5, 8]) {
      let sent = 0
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts }), Pipeline.gates({}), Pipeline.timeout(100))
      const turns: ReadonlyArray<Effect.Effect<never, Classified>> = [
        Effect.fail(down),
        Effect.fail(lost),
        Effect.never,
        Effect.fail(asked(1)),
      ]
      const { error } = fails(Pipeline.run(pipeline, () => turns[sent++ % turns.length] ?? Effect.never))
      assert.deepStrictEqual([sent, Pipeline.worstCase(pipeline).attempts], [attempts, attempts])
      assert.strictEqual(Timeline.of(error).length, attempts)
    }
  })
  // PipelineOrder.test.ts shows that a retry within a retry does not compile.
})
