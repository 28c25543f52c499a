/**
 * The requests, options and events of the queue.
 */
import type { RealtimeError, RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { SourceError } from "@holdfast/c2c/SourceFile"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { JournalError } from "../../JournalError.ts"
import type { QueueError } from "../../QueueError.ts"
import type { SavedError, UploadRecord } from "../../UploadRecord.ts"

/** An error that ends an upload of the queue. */
export type FailedUpload = RealtimeError | JournalError | QueueError

/** A file to upload. */
export interface AddRequest {
  /** The path of a file, or `s3://BUCKET/KEY` with `S3Source.layer`. */
  readonly path: string
  readonly name?: string | undefined
  readonly filetype?: string | undefined
  readonly channel?: number | undefined
  readonly priority?: number | undefined
  /** The device that uploads the file, if workers upload for several devices. Default: none. */
  readonly device?: string | undefined
  /** Whether another asset may be created if the response to a creation request is lost. Default: false. */
  readonly createAgain?: boolean | undefined
  /**
   * The file is a recording that may still grow. It is uploaded while it is recorded. The recording has ended when the file has
   * not changed for `quietTime`, which is 60 s by default. Default: the file is complete.
   */
  readonly recording?: { readonly quietTime?: Duration.Input | undefined } | undefined
  /**
   * Whether to skip a file whose whole content equals that of an upload that is done. Default: false.
   *
   * **Details**
   *
   * The sizes must be equal, and so must the MD5 of every part. The file is read for this comparison. Equal names and times
   * are not enough, because the next card of a camera may have the same names, sizes and times.
   */
  readonly skipUploaded?: boolean | undefined
}

/** Something that happened while the queue was being drained. */
export type QueueEvent =
  | { readonly _tag: "Started"; readonly record: UploadRecord }
  | { readonly _tag: "Upload"; readonly id: string; readonly path: string; readonly event: RealtimeEvent | UploadEvent }
  | { readonly _tag: "Done"; readonly record: UploadRecord; readonly receipt: UploadReceipt }
  /**
   * The upload ended with an error. `record.state` is `failed` or `uncertain`, or an open state if the journal cannot be
   * written.
   */
  | { readonly _tag: "Failed"; readonly record: UploadRecord; readonly error: FailedUpload }
  | { readonly _tag: "Canceled"; readonly record: UploadRecord }
  /** The user paused the queue. The parts in flight are completed, and no other parts are begun. */
  | { readonly _tag: "Paused" }
  /** The user resumed the queue. */
  | { readonly _tag: "Unpaused" }

/** The options for draining the queue. */
export interface DrainOptions {
  /** Whether to keep running and wait for more uploads. Default: false, so that the effect ends when no upload is open. */
  readonly forever?: boolean | undefined
  /** Drains only these uploads. Default: all. */
  readonly only?: ReadonlySet<string> | undefined
  /**
   * The number of files that are uploaded at once, in addition to up to 32 recordings, and to as many files of at most 5 MiB,
   * whose assets are created ahead. Default: 8.
   */
  readonly files?: number | undefined
  /** The maximum number of parts of one file in flight. Default: 16, which is also the maximum for all files together. */
  readonly parallel?: number | undefined
  readonly onEvent?: ((event: QueueEvent) => Effect.Effect<void>) | undefined
  /** Passed to each upload; see `UploadRequest`. */
  readonly onUnverified?: "fail" | "accept" | undefined
  readonly verifySource?: boolean | undefined
  /** Passed to each recording; see `RealtimeRequest`. Default: `fail`. */
  readonly onRewrite?: "fail" | "resend" | undefined
  /** Wraps each upload, for example to provide it with a service of its own. Default: the upload itself. */
  readonly around?: (<A, E>(upload: Effect.Effect<A, E>, record: UploadRecord) => Effect.Effect<A, E>) | undefined
  /** Passed to each upload; see `UploadRequest`. Default: `hold`. */
  readonly onStorageOutage?: "fail" | "hold" | undefined
}

/** Describes an error for the journal. */
export type Describe = (error: FailedUpload) => SavedError

/** The errors with which adding a file can fail. */
export type AddError = JournalError | SourceError
