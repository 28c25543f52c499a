import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Random } from "effect"

// #region example
/** An error says what to do about it: its verdict. */
class Busy extends Data.TaggedError("Busy")<{ readonly status: number }> {
  readonly verdict = Verdict.always({ pace: "throttled" })
}

/** A server that is busy three times and then stores the file. */
const store = (attempt: number): Effect.Effect<string, Busy> =>
  attempt <= 3 ? Effect.fail(new Busy({ status: 503 })) : Effect.succeed("stored")

/** At most 8 attempts; the waits grow from 0.5 s to 32 s, each of them random between half of its delay and all of it. */
const pipeline = Pipeline.makeUnsafe(Pipeline.retry())

export const main = Effect.gen(function* () {
  const start = yield* Clock.currentTimeMillis
  const answer = yield* Pipeline.run(pipeline, ({ number }) =>
    Effect.gen(function* () {
      const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
      yield* Console.log(`${seconds.toFixed(1)} s  attempt ${number}`)
      return yield* store(number)
    }),
  )
  yield* Console.log(answer)
}).pipe(Random.withSeed("docs"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
