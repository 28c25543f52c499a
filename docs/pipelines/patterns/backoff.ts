import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Random, Schedule } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

/** The times of all retries of 1000 calls that fail together, in tenths of a second. */
const retries = (stage: ReturnType<typeof Pipeline.retry>) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const send = ({ number }: Pipeline.Attempt) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (number > 1) times.push(Math.floor((now - start) / 100))
        return Effect.fail(new Unavailable())
      })
    const start = yield* Clock.currentTimeMillis
    const call = Effect.ignore(Pipeline.run(Pipeline.makeUnsafe(stage), send))
    yield* Effect.all(
      Array.from({ length: 1000 }, () => call),
      { concurrency: "unbounded" },
    )
    return times
  })

/** The most requests in a tenth of a second. */
const peak = (times: ReadonlyArray<number>) => {
  const counts = new Map<number, number>()
  for (const time of times) counts.set(time, (counts.get(time) ?? 0) + 1)
  return Math.max(...counts.values())
}

export const main = Effect.gen(function* () {
  // #region jitter
  // Do: spread the retries of callers that failed together.
  const spread = Pipeline.retry({ attempts: 4, backoff: { base: "1 second", jitter: "equal" } })
  // Don't: they all come back at the same moment.
  const crowd = Pipeline.retry({ attempts: 4, backoff: { base: "1 second", jitter: "none" } })
  // #endregion
  yield* Console.log(`equal jitter: at most ${peak(yield* retries(spread))} of 1000 retries in 0.1 s`)
  yield* Console.log(`no jitter: ${peak(yield* retries(crowd))}`)

  // #region growth
  // Do: give a service that is down ever more time.
  const growing = Pipeline.retry({ attempts: 6, backoff: { base: "1 second", cap: "1 minute" } })
  // Don't: five quick attempts are over before a restart is.
  const constant = Pipeline.retry({ attempts: 6, schedule: Schedule.spaced("1 second") })
  // #endregion
  yield* Console.log(`growing: the last retry comes after ${Math.max(...(yield* retries(growing))) / 10} s at most`)
  yield* Console.log(`constant: ${Math.max(...(yield* retries(constant))) / 10} s`)
}).pipe(Random.withSeed("backoff"))

if (import.meta.main) NodeRuntime.runMain(main)
