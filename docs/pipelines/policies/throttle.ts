import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as Throttle from "@holdfast/core/Throttle"
import { Console, Data, Effect, Random } from "effect"

// #region example
class TooManyRequests extends Data.TaggedError("TooManyRequests") {
  readonly verdict = Verdict.always({ pace: "throttled" })
}

export const main = Effect.gen(function* () {
  const throttle = yield* Throttle.make()
  const pipeline = yield* Pipeline.make(Pipeline.limits(throttle))

  // A service that takes 10 requests a second, and rejects what is more.
  let [sent, accepted] = [0, 0]
  const send = Effect.suspend(() => (++sent <= 10 ? Effect.sync(() => void accepted++) : new TooManyRequests()))
  for (const minute of [1, 2, 3]) {
    let requests = 0
    for (let second = 0; second < 60; second++) {
      sent = 0
      for (let n = 0; n < 100; n++) yield* Effect.ignore(Pipeline.run(pipeline, send))
      requests += sent
      yield* Effect.sleep("1 second")
    }
    const { probability } = yield* Throttle.stats(throttle)
    yield* Console.log(`minute ${minute}: ${requests} of 6000 sent, ${(100 * probability).toFixed(0)} % rejected here`)
  }
  yield* Console.log(`${accepted} accepted`)
}).pipe(Random.withSeed("throttle"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
