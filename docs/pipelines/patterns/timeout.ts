import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Random } from "effect"

/** Answers at the second attempt; the first never ends. */
const hangsOnce = ({ number }: Pipeline.Attempt) => (number === 1 ? Effect.never : Effect.succeed("stored"))

const answer = (pipeline: Pipeline.Any, send: (attempt: Pipeline.Attempt) => Effect.Effect<string>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const said = yield* Effect.match(Pipeline.run(pipeline, send), {
      onFailure: ({ _tag }) => _tag,
      onSuccess: (text) => text,
    })
    return `${said} after ${(((yield* Clock.currentTimeMillis) - start) / 1000).toFixed(1)} s`
  })

class PartTimedOut extends Data.TaggedError("PartTimedOut")<{ readonly afterMs: number }> {
  readonly verdict = Verdict.always({ applied: "maybe" })
}

export const main = Effect.gen(function* () {
  const retry = Pipeline.retry({ attempts: 3 })
  // #region bounds
  // Do: several attempts fit into the deadline.
  const several = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), retry, Pipeline.timeout("2 seconds"))
  // Don't: the deadline ends the first attempt, and nothing is retried.
  const one = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), retry, Pipeline.timeout("15 seconds"))
  // #endregion
  yield* Console.log(`short timeout: ${yield* answer(several, hangsOnce)}`)
  yield* Console.log(`long timeout: ${yield* answer(one, hangsOnce)}`)

  const pipeline = Pipeline.makeUnsafe(Pipeline.timeout("2 seconds"))
  const slow = Effect.as(Effect.sleep("1 minute"), "stored")
  // #region interruption
  // Do: send what a timeout can interrupt; for promises, pass on the signal.
  const prompt = answer(pipeline, () => slow)
  // Don't: the call ends when this does, long after its timeout.
  const late = answer(pipeline, () => Effect.uninterruptible(slow))
  // #endregion
  yield* Console.log(`interruptible: ${yield* prompt}`)
  yield* Console.log(`uninterruptible: ${yield* late}`)

  // #region error
  // Do: name what took too long, where one pipeline serves several kinds of calls.
  const named = Pipeline.run(pipeline, slow, { timedOut: (afterMs) => new PartTimedOut({ afterMs }) })
  // #endregion
  yield* Console.log(yield* Effect.match(named, { onFailure: ({ _tag }) => _tag, onSuccess: (text) => text }))
}).pipe(Random.withSeed("timeout"))

if (import.meta.main) NodeRuntime.runMain(main)
