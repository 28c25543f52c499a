import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Throttle from "@holdfast/core/Throttle"
import { Effect } from "effect"
import { World } from "../../support/virtual.ts"
import { down, stateOf } from "../../support/defects.ts"

describe("an idle policy", () => {
  const idle = 3_600_000

  it("an hour without calls empties a breaker's window", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ window: { duration: "10 seconds", minimumCalls: 10 } })
    const fail = () => world.start(Effect.exit(CircuitBreaker.protect(Effect.fail(down), breaker)))
    for (let n = 0; n < 9; n++) fail()
    world.until(idle)
    fail()
    const { _tag, counts } = stateOf(world, breaker)
    assert.deepStrictEqual([_tag, counts.window], ["Closed", { calls: 1, failures: 1, slow: 0 }])
  })

  it("an hour without calls clears the counts of a throttle and a budget", () => {
    const world = new World()
    const throttle = Throttle.makeUnsafe()
    const budget = RetryBudget.ratioUnsafe({ kind: "ratio", floor: 1 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3, budget }), Pipeline.limits(throttle))
    for (let n = 0; n < 200; n++) world.start(Effect.exit(Pipeline.run(pipeline, Effect.fail(down))))
    world.until(1000)
    const stats = () => Effect.runSyncWith(world.context)(Throttle.stats(throttle))
    assert.isAbove(stats().probability, 0.5)
    assert.isBelow(budget.balance(world.now), 10)
    world.until(idle)
    assert.deepStrictEqual(stats(), { requests: 0, accepts: 0, probability: 0 })
    assert.strictEqual(budget.balance(world.now), 10)
  })
})
