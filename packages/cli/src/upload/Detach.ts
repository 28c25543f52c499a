/**
 * Adds the files of a run to the queue without sending them.
 */
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import * as Queue from "@holdfast/durable/Queue"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { PersonError } from "../process/PersonError.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Place from "../queue/Place.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import * as Adding from "./Adding.ts"
import * as UploadRun from "./Run.ts"
import type { UploadState } from "./State.ts"

const sendsNothing = Effect.die("a detached run sends nothing")

/** A queue that this process never drains. */
const layer = (directory: string) =>
  Queue.Queue.layer.pipe(
    Layer.provide([
      Layer.succeed(Uploader, { upload: () => sendsNothing }),
      Layer.succeed(RealtimeUploader, { upload: () => sendsNothing }),
    ]),
    Layer.provide(Place.layer(directory)),
  )

/** Adds the files, and prints how they will be sent. */
export const add = (
  run: UploadState,
  directory: string,
  options: Omit<UploadRun.Options, "embedded">,
): Effect.Effect<void, PersonError, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    const results = { failed: UploadRun.reporting(run, options), ended: UploadRun.recording(run) }
    const indexes = yield* Adding.add(run, options, results).pipe(
      Effect.mapError(UploadRun.notAdded),
      Effect.provide(layer(directory)),
    )
    for (const index of indexes.values()) {
      if (run.files.at(index)?.outcome === undefined) run.update(index, { outcome: "ok", queued: true })
    }
    if (options.quiet || options.json) return
    const count = Format.count(indexes.size, "file is", "files are")
    yield* output.message(`holdfast: ${count} in the queue; ${Remedy.uploadCommand(options.api)} sends the queue`)
  })
