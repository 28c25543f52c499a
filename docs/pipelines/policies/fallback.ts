import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as Fallback from "@holdfast/core/Fallback"
import { Console, Data, Effect, Random } from "effect"

// #region example
class Unavailable extends Data.TaggedError("Unavailable")<{ readonly host: string }> {
  readonly verdict = Verdict.always()
}

/** The mirror has a time of its own; here it is down as well. */
const fromMirror = Pipeline.run(
  Pipeline.makeUnsafe(Pipeline.timeout("2 seconds")),
  Effect.fail(new Unavailable({ host: "mirror" })),
)

/** The mirror if the service is unavailable, and the list of yesterday if the mirror is too. */
const older = Fallback.chain(
  Fallback.when(["Unavailable", "DeadlineExceeded"], () => fromMirror),
  Fallback.to((error) =>
    Effect.as(Console.log(`after ${Timeline.of(error).length} attempts:`), "the list of yesterday"),
  ),
)

const pipeline = Pipeline.makeUnsafe(
  Pipeline.fallback(older),
  Pipeline.deadline("10 seconds"),
  Pipeline.retry({ attempts: 3 }),
)

/** Every error is handled, so the call cannot fail. */
const list: Effect.Effect<string> = Pipeline.run(pipeline, Effect.fail(new Unavailable({ host: "service" })))

export const main = Effect.flatMap(list, Console.log).pipe(Random.withSeed("fallback"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
