import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

// Errors that were written before the pipeline: they know nothing of verdicts.
class HttpError extends Data.TaggedError("HttpError")<{ readonly status: number }> {}
class InvalidReel extends Data.TaggedError("InvalidReel")<{ readonly reel: string }> {}

/** Busy, then a gateway without a backend, then an answer. */
const statuses = [429, 502]
const countClips = (reel: string) =>
  Effect.suspend((): Effect.Effect<number, HttpError | InvalidReel> => {
    if (!reel.startsWith("A")) return Effect.fail(new InvalidReel({ reel }))
    const status = statuses.shift()
    return status === undefined ? Effect.succeed(42) : Effect.fail(new HttpError({ status }))
  })

const pipeline = Pipeline.makeUnsafe(
  Pipeline.retry({ attempts: 4 }),
  Pipeline.timeout("5 seconds"),
  Pipeline.classify({
    // The same verdict for every error of the class, or a function of the error.
    InvalidReel: Verdict.never({ change: "plan" }),
    HttpError: ({ status }: HttpError) => {
      if (status === 429) return Verdict.always({ pace: "throttled" })
      return Verdict.withStatus(status >= 500 ? Verdict.always() : Verdict.never(), status)
    },
  }),
)

export const main = Effect.gen(function* () {
  yield* Console.log(`${yield* Pipeline.run(pipeline, countClips("A001"))} clips`)
  // The errors are still of their classes, so `catchTag` works as before.
  const text = yield* Pipeline.run(pipeline, countClips("B002")).pipe(
    Effect.catchTag("InvalidReel", ({ reel }) => Effect.succeed(`${reel} is not a reel`)),
  )
  yield* Console.log(text)
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
