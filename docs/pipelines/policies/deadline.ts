import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

// #region example
class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("20 seconds"), Pipeline.retry(), Pipeline.timeout("5 seconds"))

/** A server that is unavailable, and does not answer the second attempt. */
const send = ({ number }: Pipeline.Attempt) => (number === 2 ? Effect.never : Effect.fail(new Unavailable()))

export const main = Effect.gen(function* () {
  const error = yield* Effect.flip(Pipeline.run(pipeline, send))
  yield* Console.log(`${error._tag}\n${Timeline.render(Timeline.of(error))}`)
  if (error._tag === "DeadlineExceeded") yield* Console.log(error.message)
}).pipe(Random.withSeed("outage"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
