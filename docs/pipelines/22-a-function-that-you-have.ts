import { NodeRuntime } from "@effect/platform-node"
import { CircuitBreaker, Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect } from "effect"

class RateLimited extends Data.TaggedError("RateLimited")<{}> {}
class NoSuchReel extends Data.TaggedError("NoSuchReel")<{ readonly reel: string }> {}

/** The function that you have: here one of a service that is busy twice. */
let calls = 0
const countClips = Effect.fnUntraced(function* (reel: string) {
  calls++
  if (calls <= 2) return yield* new RateLimited()
  return reel === "A001" ? 42 : yield* new NoSuchReel({ reel })
})

const pipeline = Pipeline.makeUnsafe(
  Pipeline.deadline("1 minute"),
  Pipeline.retry({ attempts: 4 }),
  Pipeline.breaker(CircuitBreaker.makeUnsafe({ consecutive: 5 })),
  Pipeline.timeout("5 seconds"),
  Pipeline.classify({ RateLimited: Verdict.always({ pace: "throttled" }), NoSuchReel: Verdict.never() }),
)

export const main = Effect.gen(function* () {
  const clips = yield* Pipeline.run(pipeline, countClips("A001"))
  yield* Console.log(`A001: ${clips} clips, after ${calls} calls`)
  const other = yield* countClips("B002").pipe(
    Pipeline.wrap(pipeline), // the same, in a pipe
    Effect.catchTag("NoSuchReel", ({ reel }) => Effect.succeed(`there is no reel ${reel}, and no retry`)),
  )
  yield* Console.log(other)
  yield* Console.log(`one call costs ${Pipeline.worstCase(pipeline).text}`)
})

if (import.meta.main) NodeRuntime.runMain(main)
