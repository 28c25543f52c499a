import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, RetryLog, Verdict } from "@holdfast/core"
import { Console, Data, Duration, Effect, Layer, Logger, Random } from "effect"

class RateLimited extends Data.TaggedError("RateLimited") {
  readonly verdict = Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(2) })
}

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const reels = Pipeline.named(
  "reels",
  Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.timeout("5 seconds")),
)

const send = ({ number }: Pipeline.Attempt) => {
  if (number === 1) return Effect.fail(new Unavailable())
  return number === 2 ? Effect.fail(new RateLimited()) : Effect.succeed(42)
}

/** Without this logger, Effect's own shows the date and the fiber too. */
const line = Logger.make(({ logLevel, message }) => `${logLevel} ${String(message)}`)
const Short = Logger.layer([Logger.withConsoleLog(line)])

export const main = Pipeline.run(reels, send).pipe(
  Effect.flatMap((clips) => Console.log(`${clips} clips`)),
  Effect.provide(Layer.merge(RetryLog.layer(), Short)),
  Random.withSeed("docs"),
)

if (import.meta.main) NodeRuntime.runMain(main)
