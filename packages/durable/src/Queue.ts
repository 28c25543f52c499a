/**
 * Adds files to the queue of uploads, lists them and sends them.
 */
import type { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { Uploader, UploadReceipt } from "@holdfast/c2c/Uploader"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { make } from "./internal/queue/make.ts"
import { most } from "./internal/queue/partsInFlight.ts"
import * as Services from "./internal/queue/services.ts"
import type { AddError, AddRequest, Describe as DescribeError, DrainOptions } from "./internal/queue/types.ts"
import type { Journal } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"
import type { UploadRecord } from "./UploadRecord.ts"

export type { AddError, AddRequest, Describe, DrainOptions, FailedUpload, QueueEvent } from "./internal/queue/types.ts"

/**
 * The default maximum number of parts in flight, across all files: 16. The queue uses the smallest number of parts that
 * keeps the link full, and fewer after an overload of the storage.
 */
export const defaultParallel = most

/** The options of a queue. */
export interface Options {
  /**
   * Describes an error for the journal, including the program's exit code for this error. Default: the tag and the message,
   * with exit code 1.
   */
  readonly describe?: DescribeError | undefined
  /** The maximum number of parts in flight, across all files. Default: 16. */
  readonly parallel?: number | undefined
}

/**
 * The queue of uploads.
 *
 * **Details**
 *
 * Any process may add, list, retry, cancel, prioritize and pause uploads. One process at a time drains the queue. The
 * draining process carries out the requests of other processes within about a second. Without such a process, requests are
 * carried out when the next drain begins.
 */
export class Queue extends Context.Service<
  Queue,
  {
    /**
     * Adds files. Each file is opened and checked first. The files are added in one transaction, so either all files are in
     * the queue or none.
     *
     * **Details**
     *
     * Returns the upload of each file, in the order of the files. A file that is already in the queue is not added again: the
     * same path, name, type and channel, with the same version of the file or before the upload has begun. A recording is the
     * same while its file keeps its inode and has not become shorter. Such an upload
     * continues, also if it failed. If its creation is uncertain, it continues only with `createAgain`. An upload that
     * is returned may be `done`: with `skipUploaded`, or if the run that uploaded the file was killed or interrupted.
     */
    readonly add: (files: ReadonlyArray<AddRequest>) => Effect.Effect<ReadonlyArray<UploadRecord>, AddError>
    readonly list: Effect.Effect<ReadonlyArray<UploadRecord>, JournalError>
    /** Returns the receipt of an upload that is done, also if another process sent it. */
    readonly receipt: (record: UploadRecord) => Effect.Effect<UploadReceipt, JournalError>
    /**
     * Retries uploads that failed, were canceled or are uncertain. Continues with the parts that are not confirmed.
     *
     * **Details**
     *
     * An upload that failed because its file changed begins with a new asset, and so does an upload that was canceled. An
     * upload whose creation is uncertain is retried only with `createAgain`, which may leave an empty asset behind.
     */
    readonly retry: (
      ids: ReadonlyArray<string>,
      options?: { readonly createAgain?: boolean },
    ) => Effect.Effect<void, JournalError>
    /** Cancels uploads. Parts in flight are interrupted, and the upload URLs are deleted. */
    readonly cancel: (ids: ReadonlyArray<string>) => Effect.Effect<void, JournalError>
    /** Cancels all uploads that are not done. */
    readonly cancelAll: Effect.Effect<void, JournalError>
    readonly prioritize: (ids: ReadonlyArray<string>, priority: number) => Effect.Effect<void, JournalError>
    /** Pauses the queue. Parts in flight are completed, and no other parts are begun until `resume`. */
    readonly pause: Effect.Effect<void, JournalError>
    readonly resume: Effect.Effect<void, JournalError>
    /** Removes uploads that are done or canceled, and failed ones on request. Returns the number of removed uploads. */
    readonly clean: (options?: { readonly failed?: boolean }) => Effect.Effect<number, JournalError>
    /**
     * Emits the uploads whenever they have changed, beginning with the current state. A slow reader gets the latest state and
     * misses states in between.
     */
    readonly changes: Stream.Stream<ReadonlyArray<UploadRecord>, JournalError>
    /**
     * Sends the uploads of the queue as its owner. Fails with `JournalOwned` if another process is the owner.
     *
     * **Details**
     *
     * A failed upload does not end the drain. Several files are uploaded at once, and share the parts in flight fairly. If
     * the drain is interrupted, parts in flight stop, and the next drain continues with the parts that are not confirmed. If
     * an upload cannot be recorded, the upload stops, and no other upload begins until the journal can be written. The drain
     * fails if an upload cannot be recorded and nothing else is left to do. `JournalFenced` ends the drain at once.
     */
    readonly drain: (options?: DrainOptions) => Effect.Effect<void, JournalError>
  }
>()("@holdfast/durable/Queue") {
  /** The queue over a journal. The uploads use the `Bandwidth` of the context, if there is one. */
  static readonly layer: Layer.Layer<Queue, never, Journal | RealtimeUploader | Uploader> = Layer.suspend(() =>
    layerWith(),
  )
}

/** Like `layer`, with options. */
export const layerWith = (options: Options = {}): Layer.Layer<Queue, never, Journal | RealtimeUploader | Uploader> =>
  Layer.effect(Queue, Effect.map(Services.make(options), make))
