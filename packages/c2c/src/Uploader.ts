/**
 * Uploads one file whole, or says in a typed error why not.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { UploadError } from "./UploadError.ts"
import type { UploadEvent } from "./UploadEvent.ts"

/** A file to upload. */
export interface UploadRequest {
  readonly path: string
  /** The name of the asset. Default: the last part of the path. */
  readonly name?: string
  /** The media type. Default: by the extension of the name, else `application/octet-stream`. */
  readonly filetype?: string
  /** The channel of the device, by its index. */
  readonly channel?: number
  /** How many chunks are on their way at once, and in memory. Default: 5. */
  readonly parallel?: number
  /** Told of every step; runs in the fiber of the step, so the upload waits for it. */
  readonly onEvent?: (event: UploadEvent) => Effect.Effect<void>
  /**
   * What to do when the answer to a creation was lost: `fail` with `AssetCreationUncertain` (the default), or `repeat`
   * the call and accept that an empty asset may stay behind.
   */
  readonly onUncertainCreation?: "fail" | "repeat"
}

/** The proof of an upload: every chunk acknowledged, sizes add up, file unchanged. */
export interface UploadReceipt {
  readonly path: string
  readonly assetId: string
  readonly name: string
  readonly bytes: number
  readonly chunks: number
  /** Whether the storage stated the MD5 of every chunk, and each was that of the file. */
  readonly verified: boolean
}

/** Uploads files. */
export class Uploader extends Context.Service<
  Uploader,
  { readonly upload: (request: UploadRequest) => Effect.Effect<UploadReceipt, UploadError> }
>()("@holdfast/c2c/Uploader") {}
