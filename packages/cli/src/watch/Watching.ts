/**
 * Adds the finished files of a watched folder to the queue.
 */
import type { JournalError } from "@holdfast/durable/JournalError"
import { Queue } from "@holdfast/durable/Queue"
import type { WatchEvent } from "@holdfast/durable/WatchEvent"
import * as WatchFolder from "@holdfast/durable/WatchFolder"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Output } from "../terminal/Output.ts"
import type { UploadState } from "../upload/State.ts"

/**
 * The skip reasons that are worth a message to the user. Symbolic links and second names of the same file are left out
 * silently.
 */
const worthSaying = new Set(["unreadable", "nameNotUtf8", "folderLoop", "sidecarMissing"])

/**
 * Watches a folder and adds its finished files until the effect is interrupted.
 *
 * **Details**
 *
 * A file whose whole content was uploaded before is not added again, so that a restart does not send a card twice. A file
 * that changed after it was uploaded is added as a new upload.
 */
export const add = (
  run: UploadState,
  folder: string,
  options: WatchFolder.Options,
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const output = yield* Output
    const say = (text: string) => output.message(`holdfast: ${text}`)

    const enqueue = (path: string) =>
      queue.add([{ path, skipUploaded: true }]).pipe(
        Effect.catchIf(
          (error) => !error._tag.startsWith("Journal"),
          // The file changed or vanished again; the folder reports it once more when it is complete.
          (error) => say(`${path} was not added: ${error.message}`),
        ),
        Effect.asVoid,
      )

    const handle = (event: WatchEvent): Effect.Effect<void, JournalError> => {
      switch (event._tag) {
        case "Found":
          return run.emit({ type: "found", path: event.file.path, bytes: event.file.bytes })
        case "Finished":
          return enqueue(event.file.path) as Effect.Effect<void, JournalError>
        case "Changed":
          return Effect.andThen(
            say(`${event.file.path} changed after it was added; its new content is added as another upload`),
            enqueue(event.file.path) as Effect.Effect<void, JournalError>,
          )
        case "Skipped":
          return worthSaying.has(event.reason) ? say(`${event.path} is left out: ${event.detail}`) : Effect.void
        case "RootMissing":
          return Effect.andThen(
            run.emit({ type: "folder", path: event.path, state: "missing", reason: event.reason }),
            say(`waiting for the folder ${event.path}: ${event.reason}`),
          )
        case "RootBack":
          return Effect.andThen(
            run.emit({ type: "folder", path: event.path, state: "watched" }),
            say(`the folder ${event.path} is back`),
          )
        case "Degraded":
          return Effect.andThen(
            run.emit({ type: "folder", path: event.path, state: "polled", reason: event.reason }),
            say(`the folder ${event.path} is scanned every 10 s: ${event.reason}`),
          )
      }
    }

    yield* WatchFolder.watch(folder, options).pipe(Stream.orDie, Stream.runForEach(handle))
  })
