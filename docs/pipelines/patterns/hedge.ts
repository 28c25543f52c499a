import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { Console, Effect, Random } from "effect"

/** How many copies 1000 calls get, of which each takes up to 100 ms. */
const copies = (hedge: Hedge.Hedge) =>
  Effect.gen(function* () {
    let requests = 0
    const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(hedge))
    const read = Effect.flatMap(Random.next, (random) => {
      requests++
      return Effect.sleep(Math.ceil(random * 100))
    })
    for (let n = 0; n < 1000; n++) yield* Pipeline.run(pipeline, read, { repeatable: true })
    return requests - 1000
  })

export const main = Effect.gen(function* () {
  let orders = 0
  const order = Effect.andThen(
    Effect.sync(() => void orders++),
    Effect.sleep("1 second"),
  )
  const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "200 millis" })))
  // #region repeatable
  // Do: a call without `repeatable: true` gets no copy.
  const once = Pipeline.run(pipeline, order)
  // Don't: the slow order is placed again.
  const twice = Pipeline.run(pipeline, order, { repeatable: true })
  // #endregion
  yield* once
  yield* Console.log(`not repeatable: ${orders} order`)
  yield* twice
  yield* Console.log(`repeatable: ${orders - 1} orders`)

  // #region percentile
  // Do: copy the slowest calls only.
  const few = Hedge.makeUnsafe({ delay: { percentile: 0.95 } })
  // Don't: a delay below the usual time copies most calls.
  const many = Hedge.makeUnsafe({ delay: "20 millis" })
  // #endregion
  yield* Console.log(`95th percentile: ${yield* copies(few)} copies for 1000 calls`)
  yield* Console.log(`20 ms: ${yield* copies(many)}`)
}).pipe(Random.withSeed("hedge"))

if (import.meta.main) NodeRuntime.runMain(main)
