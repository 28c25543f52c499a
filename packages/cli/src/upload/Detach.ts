/**
 * Adds the files of a run to the queue without sending them.
 */
import type { Journal } from "@holdfast/durable/Journal"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import * as Queue from "@holdfast/durable/Queue"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { PersonError } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import * as Adding from "./Adding.ts"
import * as UploadRun from "./Run.ts"
import type { UploadState } from "./State.ts"

const sendsNothing = Effect.die("a detached run sends nothing")

/** A queue that this process never drains. */
const layer = (journal: Layer.Layer<Journal, PersonError>) =>
  Queue.Queue.layer.pipe(
    Layer.provide([
      Layer.succeed(Uploader, { upload: () => sendsNothing }),
      Layer.succeed(RealtimeUploader, { upload: () => sendsNothing }),
    ]),
    Layer.provide(journal),
  )

/** Adds the files to the queue in a journal, and prints how they will be sent. `sender` is the clause that says so. */
export const add = (
  run: UploadState,
  journal: Layer.Layer<Journal, PersonError>,
  sender: string,
  options: Omit<UploadRun.Options, "embedded">,
): Effect.Effect<void, PersonError, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    const results = { failed: UploadRun.reporting(run, options), ended: UploadRun.recording(run) }
    const indexes = yield* Adding.add(run, options, results).pipe(
      Effect.mapError(UploadRun.notAdded),
      Effect.provide(layer(journal)),
    )
    for (const index of indexes.values()) {
      if (run.files.at(index)?.outcome === undefined) run.update(index, { outcome: "ok", queued: true })
    }
    if (options.quiet || options.json) return
    const count = Format.count(indexes.size, "file is", "files are")
    yield* output.message(`holdfast: ${count} in the queue; ${sender}`)
  })
