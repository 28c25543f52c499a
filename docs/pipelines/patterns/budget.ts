import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, RetryBudget, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

let sent = 0
const down = Effect.suspend(() => {
  sent++
  return Effect.fail(new Unavailable())
})

/** How many retries 100 calls to each of the pipelines send to a service that is down. */
const retries = (pipelines: ReadonlyArray<Pipeline.Any>) =>
  Effect.gen(function* () {
    sent = 0
    for (let n = 0; n < 100; n++) {
      for (const pipeline of pipelines) yield* Effect.ignore(Pipeline.run(pipeline, down))
    }
    return sent - 100 * pipelines.length
  })

export const main = Effect.gen(function* () {
  // #region shared
  const guarded = (budget: RetryBudget.RetryBudget) => Pipeline.makeUnsafe(Pipeline.retry({ budget, attempts: 3 }))
  // Do: one budget for one service, shared by all pipelines that call it.
  const budget = RetryBudget.tokenBucketUnsafe()
  const reads = guarded(budget)
  const writes = guarded(budget)
  // Don't: each budget pays for its own retries of the same service.
  const apart = [guarded(RetryBudget.tokenBucketUnsafe()), guarded(RetryBudget.tokenBucketUnsafe())]
  // #endregion
  yield* Console.log(`one budget: ${yield* retries([reads, writes])} retries`)
  yield* Console.log(`two budgets: ${yield* retries(apart)}`)

  // #region few
  // Do: for few calls, a ratio, whose floor of 10 retries a second comes back with time.
  const ratio = guarded(RetryBudget.ratioUnsafe({ kind: "ratio" }))
  // Don't: a bucket that an outage has emptied is filled by successes alone.
  const bucket = guarded(RetryBudget.tokenBucketUnsafe())
  // #endregion
  for (const [name, pipeline] of [
    ["ratio", ratio],
    ["bucket", bucket],
  ] as const) {
    yield* retries([pipeline])
    yield* Effect.sleep("10 minutes")
    const flaky = ({ number }: Pipeline.Attempt) => (number === 1 ? down : Effect.succeed("stored"))
    const later = Effect.match(Pipeline.run(pipeline, flaky), {
      onFailure: ({ _tag }) => _tag,
      onSuccess: (text) => text,
    })
    yield* Console.log(`${name}, ten minutes after the outage: ${yield* later}`)
  }
}).pipe(Random.withSeed("budget"))

if (import.meta.main) NodeRuntime.runMain(main)
