import { NodeRuntime } from "@effect/platform-node"
import { Deadline, Pipeline, Timeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const failing = Effect.fail(new Unavailable())

/** The error of a call, how long the call took, and how many attempts the error knows. */
const ended = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const error = yield* Effect.flip(call)
    const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
    return `${error._tag} after ${seconds.toFixed(1)} s, ${Timeline.of(error).length} attempts on the error`
  })

export const main = Effect.gen(function* () {
  const retry = Pipeline.retry({ backoff: { jitter: "none" } })
  // #region outside
  // Do: the call fails as soon as its next wait would be too long, with its attempts.
  const inside = Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("15 seconds"), retry), failing)
  // Don't: the call waits until the end, and its attempts are lost.
  const outside = Effect.timeout(Pipeline.run(Pipeline.makeUnsafe(retry), failing), "15 seconds")
  // #endregion
  yield* Console.log(`deadline: ${yield* ended(inside)}`)
  yield* Console.log(`Effect.timeout: ${yield* ended(outside)}`)

  // #region nested
  const part = Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), retry)
  const whole = Pipeline.makeUnsafe(Pipeline.deadline("3 seconds"))
  // Do: bound several calls together. Each has what is left of the three seconds.
  const both = Pipeline.run(whole, Effect.andThen(Effect.sleep("1 second"), Pipeline.run(part, failing)))
  // #endregion
  yield* Console.log(`nested: ${yield* ended(both)}`)

  const millisLeft = 2500
  // #region request
  // Do: enforce the time that a caller has left, which came with its request.
  const given = Effect.flatMap(Deadline.after(millisLeft), (deadline) =>
    Effect.provideService(Pipeline.run(part, failing), Deadline.Current, deadline),
  )
  // #endregion
  yield* Console.log(`of a request: ${yield* ended(given)}`)
}).pipe(Random.withSeed("deadline"))

if (import.meta.main) NodeRuntime.runMain(main)
