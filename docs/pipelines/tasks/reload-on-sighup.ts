import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Console, Effect, FileSystem, Queue, Stream } from "effect"

const path = "policy.json"

const readSettings = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return yield* PipelineConfig.parse(yield* fs.readFileString(path), path)
})

/** Wrong settings are logged, and change nothing. */
const reload = (pipeline: Pipeline.Pipeline) =>
  Effect.gen(function* () {
    yield* PipelineConfig.reload(pipeline, yield* readSettings, path)
    yield* Console.log(`reloaded: ${Pipeline.describe(pipeline)}`)
  }).pipe(Effect.catch((error) => Console.log(error.message)))

/** Each `kill -HUP` of this process. While it is listened to, the signal no longer ends the process. */
const hangups = Stream.callback<void>((queue) => {
  const listener = () => void Queue.offerUnsafe(queue, undefined)
  const listen = Effect.sync(() => process.on("SIGHUP", listener))
  return Effect.acquireRelease(listen, () => Effect.sync(() => process.off("SIGHUP", listener)))
})

/** Reads the file and reloads the pipeline at each of them. */
const follow = (pipeline: Pipeline.Pipeline) => Stream.runForEach(hangups, () => reload(pipeline))

/** Stands for the file. In a program, provide `NodeServices.layer`. */
let file = '{ "retry": { "attempts": 4 }, "timeout": "15 seconds" }'
const Disk = FileSystem.layerNoop({ readFileString: () => Effect.sync(() => file) })

export const main = Effect.gen(function* () {
  const pipeline = yield* PipelineSettings.make(yield* readSettings)
  yield* Effect.forkChild(follow(pipeline), { startImmediately: true })

  file = '{ "retry": { "attempts": "four" }, "timeout": "5 seconds" }'
  process.emit("SIGHUP") // as `kill -HUP` does
  yield* Effect.sleep("1 second")
  file = '{ "retry": { "attempts": 6 }, "timeout": "5 seconds" }'
  process.emit("SIGHUP")
  yield* Effect.sleep("1 second")
}).pipe(Effect.provide(Disk))

if (import.meta.main) NodeRuntime.runMain(main)
