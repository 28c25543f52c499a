import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as Fallback from "@holdfast/core/Fallback"
import { Clock, Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}
class SignedOut extends Data.TaggedError("SignedOut") {
  readonly verdict = Verdict.never()
}

const elapsed = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    yield* Effect.exit(call)
    return `${((yield* Clock.currentTimeMillis) - start) / 1000} s`
  })

export const main = Effect.gen(function* () {
  const signedOut = Effect.as(Effect.fail(new SignedOut()), ["file 1"])
  // #region named
  // Do: name the errors that an older answer makes up for.
  const named = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.when("Unavailable", () => Effect.succeed(["file 0"]))))
  // Don't: an empty list hides that the user has to sign in.
  const every = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value([])))
  // #endregion
  const report = (call: Effect.Effect<ReadonlyArray<string>, SignedOut>) =>
    Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: (files) => `${files.length} files` })
  yield* Console.log(`named: ${yield* report(Pipeline.run(named, signedOut))}`)
  yield* Console.log(`every error: ${yield* report(Pipeline.run(every, signedOut))}`)

  const down = Effect.as(Effect.fail(new Unavailable()), "list")
  const mirror = Effect.as(Effect.sleep("1 minute"), "list")
  // #region quick
  // Do: give the alternative a time of its own. It is under neither the deadline nor the retries.
  const quick = Fallback.chain(
    Fallback.to(() => Effect.timeout(mirror, "1 second")),
    Fallback.value("none"),
  )
  // Don't: a call with a deadline of two seconds takes a minute.
  const slow = Fallback.to(() => mirror)
  // #endregion
  const deadline = Pipeline.deadline("2 seconds")
  yield* Console.log(
    `quick: ${yield* elapsed(Pipeline.run(Pipeline.makeUnsafe(Pipeline.fallback(quick), deadline), down))}`,
  )
  yield* Console.log(
    `slow: ${yield* elapsed(Pipeline.run(Pipeline.makeUnsafe(Pipeline.fallback(slow), deadline), down))}`,
  )
}).pipe(Random.withSeed("fallback"))

if (import.meta.main) NodeRuntime.runMain(main)
