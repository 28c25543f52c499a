import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, RetryBudget } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { Clock, Console, Effect } from "effect"

// #region example
export const main = Effect.gen(function* () {
  const budget = yield* RetryBudget.ratio()
  const hedge = yield* Hedge.make({ delay: { percentile: 0.95, max: "1 second" }, budget })
  const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 3, budget }), Pipeline.hedge(hedge))

  // One request in twenty takes two seconds, the others 50 ms.
  let requests = 0
  const read = Effect.suspend(() => Effect.sleep(++requests % 20 === 0 ? "2 seconds" : "50 millis"))
  const times: Array<number> = []
  for (let n = 0; n < 400; n++) {
    const start = yield* Clock.currentTimeMillis
    yield* Pipeline.run(pipeline, read, { repeatable: true })
    times.push((yield* Clock.currentTimeMillis) - start)
  }
  yield* Console.log(`${requests - 400} copies for 400 calls`)
  yield* Console.log(`slowest of the first 20 calls: ${Math.max(...times.slice(0, 20))} ms`)
  yield* Console.log(`slowest of the last 300 calls: ${Math.max(...times.slice(100))} ms`)
})
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
