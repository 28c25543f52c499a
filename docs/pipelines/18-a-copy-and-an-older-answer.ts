import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as Fallback from "@holdfast/core/Fallback"
import * as Hedge from "@holdfast/core/Hedge"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Clock, Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

export const main = Effect.gen(function* () {
  yield* Console.log("400 calls, about a minute:")
  const budget = yield* RetryBudget.make({ kind: "ratio", percent: 10 })
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
  const slowest = times.slice(100).toSorted((a, b) => b - a)[0]
  yield* Console.log(`the slowest of 300 calls took ${slowest} ms, with ${requests - 400} copies for 400 calls`)

  const older = Fallback.when("Unavailable", () => Effect.succeed("the list of yesterday"))
  const reading = yield* Pipeline.make(Pipeline.fallback(older), Pipeline.retry({ attempts: 3, budget }))
  const list: Effect.Effect<string> = Pipeline.run(reading, Effect.fail(new Unavailable()))
  yield* Console.log(yield* list)
}).pipe(Random.withSeed("hedge"))

if (import.meta.main) NodeRuntime.runMain(main)
