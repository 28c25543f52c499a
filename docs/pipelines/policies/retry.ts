import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import { Console, Data, Duration, Effect, Random } from "effect"

// #region example
class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}
class TooManyRequests extends Data.TaggedError("TooManyRequests") {
  readonly verdict = Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(10) })
}
class NotFound extends Data.TaggedError("NotFound") {
  readonly verdict = Verdict.never()
}

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 5, backoff: { base: "1 second" } }))

/** A server that is unavailable, asks for ten seconds, and then does not know the file. */
const answers = [new Unavailable(), new TooManyRequests(), new NotFound()]
const send = ({ number }: Pipeline.Attempt) => Effect.fail(answers[number - 1] ?? new NotFound())

export const main = Effect.gen(function* () {
  const error = yield* Effect.flip(Pipeline.run(pipeline, send))
  yield* Console.log(`${error._tag}\n${Timeline.render(Timeline.of(error))}`)
  yield* Console.log(`${Pipeline.describe(pipeline)}\n${Pipeline.worstCase(pipeline).text}`)
}).pipe(Random.withSeed("retry"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
