import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

// #region example
/** How many requests a service that is down gets from 1000 calls, one every 100 ms. */
const requests = (settings: Pipeline.Settings) =>
  Effect.gen(function* () {
    const pipeline = yield* PipelineSettings.make(settings)
    let sent = 0
    const send = Effect.suspend(() => {
      sent++
      return Effect.fail(new Unavailable())
    })
    const calls = Array.from({ length: 1000 }, (_, n) =>
      Effect.delay(Effect.ignore(Pipeline.run(pipeline, send)), 100 * n),
    )
    yield* Effect.all(calls, { concurrency: "unbounded" })
    return sent
  })

export const main = Effect.gen(function* () {
  yield* Console.log(`retries alone: ${yield* requests({ retry: {} })} requests`)
  yield* Console.log(`with a bucket: ${yield* requests({ retry: {}, budget: {} })}`)
  yield* Console.log(`with a ratio:  ${yield* requests({ retry: {}, budget: { kind: "ratio", floor: 0 } })}`)
  yield* Console.log(`and a breaker: ${yield* requests({ retry: {}, budget: {}, breaker: {} })}`)
}).pipe(Random.withSeed("outage"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
