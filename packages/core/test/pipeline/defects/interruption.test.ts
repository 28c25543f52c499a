import { assert, describe, it } from "@effect/vitest"
import { type Classified } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect } from "effect"
import { World } from "../../support/virtual.ts"
import { down, asked, start } from "../../support/defects.ts"

describe("an interrupted call", () => {
  /** Interrupts a call at 300 ms, and checks that it ends at that moment and leaves no timer. */
  const goes = (pipeline: Pipeline.Pipeline, send: Effect.Effect<unknown, Classified>, world = new World()) => {
    let sent = 0
    const count = Effect.suspend(() => {
      sent++
      return send
    })
    const run = Pipeline.run(pipeline, count, { repeatable: true })
    const call = start(world, run as Effect.Effect<unknown, unknown>)
    world.until(300)
    const before = sent
    assert.isUndefined(call.exit)
    call.interrupt()
    world.settle()
    assert.deepStrictEqual([call.at, world.sleeping], [300, 0])
    world.until(1_000_000)
    assert.strictEqual(sent, before)
    return before
  }

  it("ends an interrupted call immediately during a wait, and refunds its retry to the budget", () => {
    for (const schedule of [undefined, "server"] as const) {
      const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10, throttledCost: 10 })
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.retry({ budget, hintCap: "1 hour", backoff: { base: 30_000, cap: 60_000, jitter: "none" } }),
      )
      const sent = goes(pipeline, schedule === undefined ? Effect.fail(down) : Effect.fail(asked("1 hour")))
      assert.deepStrictEqual([sent, budget.balance(0)], [1, 100])
    }
  })

  it("ends an interrupted call immediately at a closed gate", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door"))
    world.start(gate.close("shut"))
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ budget }), Pipeline.gates({ others: [gate] }))
    assert.deepStrictEqual([goes(pipeline, Effect.void, world), budget.balance(0)], [0, 100])
  })

  it("ends an interrupted call immediately during the ramp of a gate that has just opened", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door", { ramp: 10_000 }))
    world.start(gate.close("shut"))
    const pipeline = Pipeline.makeUnsafe(Pipeline.gates({ others: [gate] }))
    start(world, Pipeline.run(pipeline, Effect.void))
    world.at(100, () => void world.start(gate.open))
    assert.strictEqual(goes(pipeline, Effect.void, world), 0)
  })

  it("ends an interrupted call immediately in a queue, even if the call receives a permit at that moment", () => {
    for (const held of [10_000, 300]) {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5, maxWait: "1 hour" })
      const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
      const first = start(world, Bulkhead.protect(Effect.sleep(held), bulkhead))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ budget }), Pipeline.limits(bulkhead))
      const call = start(world, Pipeline.run(pipeline, Effect.never))
      world.until(299)
      // The release of the permit and the interruption happen at the same moment.
      world.at(300, () => call.interrupt())
      world.until(300)
      assert.strictEqual(call.at, 300)
      first.interrupt()
      world.settle()
      assert.deepStrictEqual(Effect.runSync(Bulkhead.stats(bulkhead)), { inFlight: 0, queued: 0, permits: 1 })
      assert.deepStrictEqual([world.sleeping, budget.balance(0)], [0, 100])
    }
  })

  it("ends an interrupted call immediately during an attempt, together with its hedged copies and timers", () => {
    const bulkhead = Bulkhead.makeUnsafe({ permits: 5 })
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.deadline("1 hour"),
      Pipeline.retry({ budget }),
      Pipeline.hedge(Hedge.makeUnsafe({ delay: 100, max: 4, budget })),
      Pipeline.limits(bulkhead),
      Pipeline.timeout("1 minute"),
    )
    // The copies at 100, 200 and 300 were sent, so their charges stay.
    assert.deepStrictEqual([goes(pipeline, Effect.never), budget.balance(0)], [4, 70])
    assert.strictEqual(Effect.runSync(Bulkhead.stats(bulkhead)).inFlight, 0)
  })

  it("a queue rejects a call at `maxWait` even if a rounding error makes its timer fire early", () => {
    for (let n = 1; n <= 50; n++) {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5, maxWait: 400 })
      const wait = () => start(world, Effect.exit(Bulkhead.protect(Effect.sleep(1_000_000), bulkhead)))
      world.until((n * 1000) / 7)
      wait()
      const early = wait()
      world.until(world.now + (n * 100) / 33)
      const late = wait()
      world.until(world.now + 1000)
      assert.closeTo(early.at, (n * 1000) / 7 + 400, 0.001)
      assert.closeTo(late.at, (n * 1000) / 7 + (n * 100) / 33 + 400, 0.001)
    }
  })
})
