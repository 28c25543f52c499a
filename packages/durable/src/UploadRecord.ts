/**
 * The records of the journal: the uploads, their parts and what happened to them.
 */
import type { FileVersion } from "@holdfast/c2c/LocalFile"
import type { ConfirmedPart } from "@holdfast/c2c/UploadSession"
import type { Chunk } from "@holdfast/c2c/ChunkPlan"

/**
 * The state of an upload.
 *
 * **Details**
 *
 * - `queued`: not begun, or to be begun again.
 * - `creating`: a creation request may have been sent, and its response has not been recorded.
 * - `sending`: the asset exists, and not all parts are confirmed.
 * - `done`: the upload succeeded, with proof.
 * - `failed`: the upload ended with an error. `retry` restarts or continues the upload.
 * - `uncertain`: the response to a creation request was lost. Only the user can decide whether to create another asset.
 * - `canceled`: the user canceled the upload.
 */
export type UploadState = "queued" | "creating" | "sending" | "done" | "failed" | "uncertain" | "canceled"

/** The states from which an upload continues without a decision by the user. */
export const open: ReadonlySet<UploadState> = new Set(["queued", "creating", "sending"])

/**
 * What the user, possibly in another process, has requested for an upload. The owner of the queue carries out the request.
 */
export type Wanted = "cancel" | "retry" | "retry-create-again"

/** The error that ended an upload. `exitCode` is the exit code of the command for this error. */
export interface SavedError {
  readonly tag: string
  readonly message: string
  readonly exitCode: number
}

/** One upload. Times are epoch milliseconds. */
export interface UploadRecord {
  readonly id: string
  /** The upload's position in the order in which the uploads were added. */
  readonly seq: number
  /** The absolute path. */
  readonly path: string
  /** The name of the asset, if it differs from the last segment of the path. */
  readonly name: string | undefined
  readonly filetype: string | undefined
  readonly channel: number | undefined
  /** Uploads with a higher priority begin first. Default: 0. */
  readonly priority: number
  readonly state: UploadState
  readonly wanted: Wanted | undefined
  /** Whether another asset may be created although an earlier creation may have succeeded. */
  readonly createAgain: boolean
  /**
   * The version of the file for which the asset was created, or the version when the upload was added. For a recording,
   * `bytes` grows with the confirmed parts, and the version is final when the recording has ended.
   */
  readonly file: FileVersion
  readonly assetId: string | undefined
  readonly serverTime: number | undefined
  /** The number of parts. For a recording, 0 until the recording has ended. */
  readonly chunks: number | undefined
  readonly chunkSize: number | undefined
  /** The number of times that the upload ended with an error. */
  readonly failures: number
  /** How many times in a row the process stopped during this upload without any progress. */
  readonly crashes: number
  readonly resumed: boolean
  readonly resentBytes: number
  /** The number of bytes in the confirmed parts. */
  readonly confirmed: number
  readonly error: SavedError | undefined
  /**
   * For a recording, which is uploaded while it grows: the time in milliseconds for which the file must stay unchanged before
   * the recording has ended. Undefined for a complete file.
   */
  readonly quietMillis: number | undefined
  /** The device that uploads the file, if workers upload for several devices. */
  readonly device: string | undefined
  /** How many times a cluster of workers put the upload back into the queue. Each run is a workflow of its own. */
  readonly run: number
  readonly addedAt: number
  readonly changedAt: number
}

/** One part of an upload. */
export type PartRecord =
  | (Chunk & { readonly state: "sending" })
  | (ConfirmedPart & { readonly state: "confirmed"; readonly confirmedAt: number })

/** A file to add to the queue. */
export interface NewUpload {
  readonly path: string
  readonly file: FileVersion
  readonly name?: string | undefined
  readonly filetype?: string | undefined
  readonly channel?: number | undefined
  readonly priority?: number | undefined
  readonly createAgain?: boolean | undefined
  /** The time after which an unchanged recording has ended; see `UploadRecord`. */
  readonly quietMillis?: number | undefined
  /** The device that uploads the file; see `UploadRecord`. */
  readonly device?: string | undefined
}

/** Something that happened to an upload, for display and diagnosis. */
export interface UploadEventRecord {
  readonly seq: number
  readonly uploadId: string
  readonly at: number
  readonly kind: string
  readonly detail: string
}
