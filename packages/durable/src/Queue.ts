/**
 * The queue of uploads: adds files, shows them and sends them.
 */
import type { UploadError } from "@holdfast/c2c/UploadError"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import type { LocalFileError } from "@holdfast/c2c/LocalFileError"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { JournalError } from "./JournalError.ts"
import type { UploadRecord } from "./UploadRecord.ts"

/** A file to upload. */
export interface AddRequest {
  readonly path: string
  readonly name?: string | undefined
  readonly filetype?: string | undefined
  readonly channel?: number | undefined
  readonly priority?: number | undefined
  /** Whether another asset may be created if the response to a creation request is lost. Default: false. */
  readonly createAgain?: boolean | undefined
}

/** Something that happened while the queue was being drained. */
export type QueueEvent =
  | { readonly _tag: "Started"; readonly record: UploadRecord }
  | { readonly _tag: "Upload"; readonly id: string; readonly path: string; readonly event: UploadEvent }
  | { readonly _tag: "Done"; readonly record: UploadRecord; readonly receipt: UploadReceipt }
  | { readonly _tag: "Failed"; readonly record: UploadRecord; readonly error: UploadError | JournalError }
  | { readonly _tag: "Canceled"; readonly record: UploadRecord }

/** The options for draining the queue. */
export interface DrainOptions {
  /** Whether to keep running and wait for more uploads. Default: false, so that the effect ends when no upload is open. */
  readonly forever?: boolean | undefined
  /** Drains only these uploads. Default: all. */
  readonly only?: ReadonlySet<string> | undefined
  readonly onEvent?: ((event: QueueEvent) => Effect.Effect<void>) | undefined
  /** Wraps each upload, for example to record its exchanges. Default: nothing. */
  readonly around?:
    | (<A, E, R>(upload: Effect.Effect<A, E, R>, record: UploadRecord) => Effect.Effect<A, E, R>)
    | undefined
  /** Passed to each upload; see `UploadRequest`. */
  readonly onUnverified?: "fail" | "accept" | undefined
  readonly verifySource?: boolean | undefined
  readonly onStorageOutage?: "fail" | "hold" | undefined
}

/** The queue of uploads. */
export class Queue extends Context.Service<
  Queue,
  {
    /**
     * Adds files. Each file is opened and checked first. The files are added in one transaction, so either all files are in
     * the queue or none.
     */
    readonly add: (
      files: ReadonlyArray<AddRequest>,
    ) => Effect.Effect<ReadonlyArray<UploadRecord>, JournalError | LocalFileError>
    readonly list: Effect.Effect<ReadonlyArray<UploadRecord>, JournalError>
    /** Retries uploads that failed, were canceled or are uncertain. Continues with the parts that are not confirmed. */
    readonly retry: (
      ids: ReadonlyArray<string>,
      options?: { readonly createAgain?: boolean },
    ) => Effect.Effect<void, JournalError>
    readonly cancel: (ids: ReadonlyArray<string>) => Effect.Effect<void, JournalError>
    readonly cancelAll: Effect.Effect<void, JournalError>
    readonly prioritize: (ids: ReadonlyArray<string>, priority: number) => Effect.Effect<void, JournalError>
    readonly pause: Effect.Effect<void, JournalError>
    readonly resume: Effect.Effect<void, JournalError>
    readonly clean: (options?: { readonly failed?: boolean }) => Effect.Effect<number, JournalError>
    /** Emits the uploads whenever they have changed, beginning with the current state. */
    readonly changes: Stream.Stream<ReadonlyArray<UploadRecord>, JournalError>
    /**
     * Sends the uploads of the queue as its owner. A failed upload does not end the drain. Fails with `JournalOwned` if
     * another process is the owner.
     */
    readonly drain: (options?: DrainOptions) => Effect.Effect<void, JournalError>
  }
>()("@holdfast/durable/Queue") {}
