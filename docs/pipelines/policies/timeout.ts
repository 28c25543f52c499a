import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Timeouts, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

// #region example
class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout(Timeouts.request))

/** A server that fails after a second, then never answers, then fails again. */
const send = ({ number }: Pipeline.Attempt) =>
  number === 2 ? Effect.never : Effect.delay(Effect.fail(new Unavailable()), "1 second")

export const main = Effect.gen(function* () {
  const error = yield* Effect.flip(Pipeline.run(pipeline, send))
  yield* Console.log(Timeline.render(Timeline.of(error)))
  yield* Console.log(Pipeline.worstCase(pipeline).text)
}).pipe(Random.withSeed("timeout"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
