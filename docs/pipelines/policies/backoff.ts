import { NodeRuntime } from "@effect/platform-node"
import { Backoff, Pipeline, Retry, Timeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random, Schedule } from "effect"

// #region example
class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}

const byData = Pipeline.retry({ attempts: 5, backoff: { base: "100 millis", factor: 3, cap: "2 seconds" } })
const bySchedule = Pipeline.retry({ attempts: 5, schedule: Backoff.fullJitter(Schedule.spaced("1 second")) })

/** The waits of a call that fails until its attempts are spent. */
const waits = (stage: typeof byData) =>
  Effect.map(Effect.flip(Pipeline.run(Pipeline.makeUnsafe(stage), Effect.fail(new Busy()))), (error) =>
    Timeline.of(error).flatMap(({ number, wait }) => (number === 1 ? [] : `${Math.round(wait)} ms`)),
  )

export const main = Effect.gen(function* () {
  yield* Console.log(`data:     ${(yield* waits(byData)).join(", ")}`)
  yield* Console.log(`schedule: ${(yield* waits(bySchedule)).join(", ")}`)
  // Without a pipeline: a schedule for Effect.retry that obeys verdicts.
  const failed = yield* Effect.flip(Effect.retry(Effect.fail(new Busy()), Retry.policy({ attempts: 3 })))
  yield* Console.log(failed._tag)
}).pipe(Random.withSeed("backoff"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
