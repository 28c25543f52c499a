/**
 * The request for the upload of a recording, its events and its receipt.
 */
import type * as Effect from "effect/Effect"
import type { RecordingRewritten } from "../../realtime/RecordingRewritten.ts"
import type { UploadError } from "../../UploadError.ts"
import type { UploadEvent } from "../../UploadEvent.ts"
import type { UploadReceipt, UploadRequest } from "../upload/types.ts"

/** The errors with which the upload of a recording can fail. */
export type RealtimeError = UploadError | RecordingRewritten

/** A recording to upload while it is being recorded. The inherited options have the same meaning as for a complete file. */
export interface RealtimeRequest extends Pick<
  UploadRequest,
  "channel" | "parallel" | "onUncertainCreation" | "onUnverified" | "onStorageOutage" | "session" | "limits"
> {
  readonly path: string
  /**
   * Completes when the recording has ended: the recorder has written its last byte. The final part is sent after that. If the
   * recorder does not report the end, wait until the file has not changed for 60 s.
   */
  readonly finished: Effect.Effect<void>
  /** The name of the asset. Default: the last segment of the path. */
  readonly name?: string
  /** The extension with its leading dot. If given, the asset is created without a name, and gets its name with the final part. */
  readonly extension?: string
  /** Returns the name for an asset that was created with `extension`. It runs after `finished`. Default: `name`. */
  readonly finalName?: Effect.Effect<string>
  /**
   * The media type. Default: the media type for the extension, or `application/octet-stream` if the extension is not
   * recognized.
   */
  readonly filetype?: string
  /** The size of the first part, in bytes, from 5 MiB to 5 GiB. Later parts may be larger. Default: 5 MiB. */
  readonly partSize?: number
  /** Called with every event, in the fiber that emits the event; the upload waits until the call has completed. */
  readonly onEvent?: (event: RealtimeEvent) => Effect.Effect<void>
  /**
   * Specifies what to do if the recorder changed parts after they had been sent: `fail` with `RecordingRewritten` (the
   * default), or `resend` these parts before the final part.
   */
  readonly onRewrite?: "fail" | "resend"
}

/**
 * The events of the upload of a recording.
 *
 * **Details**
 *
 * `bytes` and `chunks` count what is known of the recording so far. They grow with each `Grown`. `Ended` contains the final
 * numbers. After `Rewritten`, the listed parts no longer count as sent or confirmed.
 */
export type RealtimeEvent =
  | Exclude<UploadEvent, { readonly _tag: "Recreated" }>
  | { readonly _tag: "Grown"; readonly bytes: number; readonly chunks: number }
  | { readonly _tag: "Ended"; readonly bytes: number; readonly chunks: number }
  | { readonly _tag: "Rewritten"; readonly indexes: ReadonlyArray<number>; readonly bytes: number }

/**
 * The proof of the upload of a recording: all parts except the `unproven` ones were acknowledged, their sizes add up to the
 * size of the recording, and every part of the file still contains the bytes that were sent.
 */
export interface RealtimeReceipt extends UploadReceipt {
  /** The number of parts that were sent again because the recorder had changed them. */
  readonly rewritten: number
}
