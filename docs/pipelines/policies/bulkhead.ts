import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { Clock, Console, Effect } from "effect"

// #region example
export const main = Effect.gen(function* () {
  const bulkhead = yield* Bulkhead.make({ permits: 2, queue: 2, maxWait: "3 seconds" })
  const pipeline = yield* Pipeline.make(Pipeline.limits(bulkhead))
  const start = yield* Clock.currentTimeMillis
  const say = (text: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => Console.log(`${(now - start) / 1000} s  ${text}`))

  // Calls of two seconds, six at once: two run, two wait, two are rejected.
  const call = (name: string) =>
    Pipeline.run(pipeline, Effect.sleep("2 seconds")).pipe(
      Effect.matchEffect({
        onSuccess: () => say(`${name} answered`),
        onFailure: ({ message }) => say(`${name} failed: ${message}`),
      }),
    )
  yield* Effect.all(["a", "b", "c", "d", "e", "f"].map(call), { concurrency: "unbounded" })
})
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
