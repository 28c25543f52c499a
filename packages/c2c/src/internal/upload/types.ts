/**
 * The request for an upload and its receipt.
 */
import type * as Effect from "effect/Effect"
import type { UploadEvent } from "../../UploadEvent.ts"
import type { SharedLimits, UploadSession } from "../../UploadSession.ts"

/** A file to upload. */
export interface UploadRequest {
  readonly path: string
  /** The name of the asset. Default: the last segment of the path. */
  readonly name?: string
  /**
   * The media type. Default: the media type for the extension of the path, or `application/octet-stream` if the extension is
   * not recognized.
   */
  readonly filetype?: string
  /** The `externalIndex` of one of the device's channels. */
  readonly channel?: number
  /** The maximum number of chunks that are in flight, and in memory, at the same time. Default: 5. */
  readonly parallel?: number
  /** Called with every event, in the fiber that emits the event; the upload waits until the call has completed. */
  readonly onEvent?: (event: UploadEvent) => Effect.Effect<void>
  /**
   * Specifies what to do if the response to an asset creation request is lost: `fail` with `AssetCreationUncertain` (the
   * default), or `repeat` the call and accept that an empty asset may be left behind.
   */
  readonly onUncertainCreation?: "fail" | "repeat"
  /**
   * Specifies what to do with a chunk that is not proven to be stored, because the response has no ETag or no sign that it
   * came from the storage: `fail` with `Unverified` (the default), or `accept` the chunk and count it as `unproven` in the
   * receipt. A response that arrives before the whole chunk has left this machine is always treated as `Unverified`, unless
   * the response states the MD5 of the chunk.
   */
  readonly onUnverified?: "fail" | "accept"
  /**
   * Whether to read the file again and compare it with the bytes that were sent, to detect changes that the file attributes
   * do not show. Default: false.
   */
  readonly verifySource?: boolean
  /**
   * Specifies what to do if every attempt to send a chunk failed because the storage is unavailable: `fail` with the last
   * error (the default), or `hold` the chunk and probe the storage, with waits of at most 32 s, until the storage has
   * recovered.
   */
  readonly onStorageOutage?: "fail" | "hold"
  /** Records the steps of the upload, and holds the state that an earlier process left. Default: nothing is recorded. */
  readonly session?: UploadSession | undefined
  /** Limits that several uploads share. Default: none. */
  readonly limits?: SharedLimits | undefined
}

/**
 * The proof of an upload: all chunks except the `unproven` ones were acknowledged, their sizes add up to the size of the
 * file, and the file has not changed.
 */
export interface UploadReceipt {
  readonly path: string
  readonly assetId: string
  readonly name: string
  readonly bytes: number
  readonly chunks: number
  /** Whether the storage stated the MD5 of every chunk and each MD5 matched the file. */
  readonly verified: boolean
  /** The number of chunks that are not proven to be stored. This number is 0 unless `onUnverified` is `accept`. */
  readonly unproven: number
  /** Whether the upload continued the upload of an earlier process, without a new asset. */
  readonly resumed: boolean
  /** The bytes of the chunks that an earlier process had begun to send and that were sent again. */
  readonly resentBytes: number
}
