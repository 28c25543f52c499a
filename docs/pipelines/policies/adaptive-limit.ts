import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import { Console, Effect, Semaphore } from "effect"

// #region example
export const main = Effect.gen(function* () {
  // A service with 10 workers: a request takes one of them for 100 ms, and waits until one is free.
  const workers = yield* Semaphore.make(10)
  const limit = yield* AdaptiveLimit.make({ initial: 4, queue: 100 })
  const pipeline = yield* Pipeline.make(Pipeline.limits(limit))

  // 60 callers, each of which calls again as soon as it has an answer.
  const call = Pipeline.run(pipeline, workers.withPermit(Effect.sleep("100 millis")))
  const caller = Effect.forever(Effect.andThen(Effect.ignore(call), Effect.sleep(1)))
  for (let n = 0; n < 60; n++) yield* Effect.forkChild(caller)
  for (const seconds of [5, 10, 30]) {
    yield* Effect.sleep(`${seconds} seconds`)
    const { baseline, inFlight, limit: found, queued } = yield* AdaptiveLimit.stats(limit)
    yield* Console.log(
      `limit ${found}: ${inFlight} in flight, ${queued} queued, normal latency ${Math.round(baseline ?? 0)} ms`,
    )
  }
})
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
