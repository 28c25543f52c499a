/**
 * Adds the finished files and the recordings of a watched folder to the queue.
 */
import { defaultPartSize } from "@holdfast/c2c/RealtimeUploader"
import type { JournalError } from "@holdfast/durable/JournalError"
import { type AddRequest, Queue } from "@holdfast/durable/Queue"
import type { WatchedFile, WatchEvent } from "@holdfast/durable/WatchEvent"
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
 * that changed after it was uploaded is added as a new upload. With `realtime`, a file is added as soon as it grows and is
 * larger than the first part of a recording; smaller files gain nothing from it.
 */
export const add = (
  run: UploadState,
  folder: string,
  { realtime = false, ...options }: WatchFolder.Options & { readonly realtime?: boolean },
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const output = yield* Output
    const say = (text: string) => output.message(`holdfast: ${text}`)

    /** The inodes of the recordings that this run has added, by path. */
    const recordings = new Map<string, string>()

    /** Adds an upload. Returns whether it was added. */
    const put = (request: AddRequest): Effect.Effect<boolean, JournalError> =>
      queue.add([{ ...request, skipUploaded: true }]).pipe(
        Effect.as(true),
        Effect.catchIf(
          (error) => !error._tag.startsWith("Journal"),
          // The file changed or vanished again; the folder reports it once more when it is complete.
          (error) => Effect.as(say(`${request.path} was not added: ${error.message}`), false),
        ),
      ) as Effect.Effect<boolean, JournalError>
    const enqueue = (path: string) => Effect.asVoid(put({ path }))

    const record = ({ bytes, inode, path }: WatchedFile) =>
      Effect.gen(function* () {
        const isAdded = yield* put({ path, recording: { quietTime: options.quietTime } })
        if (!isAdded) return
        recordings.set(path, inode)
        yield* run.emit({ type: "recording", path, bytes })
        yield* say(`${path} is growing; it is uploaded while it is recorded`)
      })

    /**
     * Adds a file that is complete. A recording is in the queue already: it needs another upload only if its recorder has
     * shortened or replaced the file.
     */
    const complete = ({ inode, path }: WatchedFile) =>
      Effect.gen(function* () {
        const isRecording = recordings.get(path) === inode
        recordings.delete(path)
        if (!isRecording) return yield* enqueue(path)
        const found = (yield* queue.list).findLast((upload) => upload.path === path && upload.quietMillis !== undefined)
        if (found?.state === "failed" && found.error?.tag === "FileChanged") yield* enqueue(path)
      })

    const handle = (event: WatchEvent): Effect.Effect<void, JournalError> => {
      switch (event._tag) {
        case "Found":
          return run.emit({ type: "found", path: event.file.path, bytes: event.file.bytes })
        case "Finished":
          return complete(event.file)
        case "Growing":
          return record(event.file)
        case "Changed":
          if (recordings.has(event.file.path)) return complete(event.file)
          return Effect.andThen(
            say(`${event.file.path} changed after it was added; its new content is added as another upload`),
            enqueue(event.file.path),
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

    const growing = realtime ? { growingAbove: defaultPartSize } : {}
    yield* WatchFolder.watch(folder, { ...options, ...growing }).pipe(Stream.orDie, Stream.runForEach(handle))
  })
