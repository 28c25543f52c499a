import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { Console, Effect } from "effect"

export const main = Effect.gen(function* () {
  const timeout = Pipeline.timeout("2 seconds")
  // #region bound
  // Do: bound the time in the queue, with maxWait or a deadline.
  const bounded = Bulkhead.makeUnsafe({ permits: 4, queue: 100, maxWait: "5 seconds" })
  // Don't: the last call of a full queue waits for all calls before it.
  const unbounded = Bulkhead.makeUnsafe({ permits: 4, queue: 100 })
  // #endregion
  yield* Console.log(`maxWait: ${Pipeline.worstCase(Pipeline.makeUnsafe(Pipeline.limits(bounded), timeout)).text}`)
  yield* Console.log(`no bound: ${Pipeline.worstCase(Pipeline.makeUnsafe(Pipeline.limits(unbounded), timeout)).text}`)

  const order: Array<string> = []
  const pipeline = Pipeline.makeUnsafe(Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1, queue: 10 })))
  const work = (name: string) =>
    Effect.andThen(
      Effect.sleep("1 second"),
      Effect.sync(() => order.push(name)),
    )
  // #region priority
  // Do: let a person's call pass the work in the background. The default priority is 0.
  const background = (name: string) => Pipeline.run(pipeline, work(name), { priority: -1 })
  const interactive = (name: string) => Pipeline.run(pipeline, work(name))
  // #endregion
  const calls = [background("sync 1"), background("sync 2"), background("sync 3"), interactive("page")]
  yield* Effect.all(calls, { concurrency: "unbounded" })
  yield* Console.log(`order: ${order.join(", ")}`)
})

if (import.meta.main) NodeRuntime.runMain(main)
