import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { Console, Data, Effect, FileSystem, Schedule } from "effect"

class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}

// #region follow
/** Looks at the file every ten seconds. A slip in it is logged and changes nothing. */
const follow = (pipeline: Pipeline.Pipeline, path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let seen = ""
    const look = Effect.gen(function* () {
      const text = yield* fs.readFileString(path)
      if (text === seen) return
      seen = text
      yield* PipelineConfig.reload(pipeline, yield* PipelineConfig.parse(text, path), path)
      yield* Console.log(`reloaded: ${Pipeline.describe(pipeline)}`)
    }).pipe(Effect.catch((error) => Console.log(error.message)))
    return yield* Effect.repeat(look, Schedule.spaced("10 seconds"))
  })
// #endregion

// #region use
/** A file that a person edits while the program runs. */
let file = '{ "breaker": { "consecutive": 3 }, "timeout": "15 seconds" }'
const Disk = FileSystem.layerNoop({ readFileString: () => Effect.sync(() => file) })

export const main = Effect.gen(function* () {
  const pipeline = yield* PipelineConfig.load(JSON.parse(file), { source: "policy.json" })
  yield* Effect.forkChild(follow(pipeline, "policy.json"))
  const call = Effect.flip(Pipeline.run(pipeline, Effect.fail(new Busy())))
  yield* Effect.sleep("1 second")

  yield* Console.log(`${(yield* call)._tag}, ${(yield* call)._tag}`)
  file = '{ "breaker": { "consecutive": "three" }, "timout": "5 seconds" }'
  yield* Effect.sleep("10 seconds")
  file = '{ "breaker": { "consecutive": 3, "open": "1 minute" }, "timeout": "5 seconds" }'
  yield* Effect.sleep("10 seconds")

  // The two failures from before the reload still count: one more opens the circuit.
  yield* Console.log(`${(yield* call)._tag}, ${(yield* call)._tag}`)
}).pipe(Effect.provide(Disk))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
