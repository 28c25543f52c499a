/**
 * The events of a running upload.
 *
 * **Details**
 *
 * `ChunkSent` means that bytes have left this machine. On Linux, the peer has acknowledged these bytes; on other systems, the
 * operating system has accepted them. Each chunk emits `ChunkSent` once a second while the number of sent bytes grows.
 * `ChunkConfirmed` means that the response to the chunk was accepted as proof. Only confirmed bytes count as arrived. If the
 * socket cannot be observed, the bytes of a chunk count as sent when the response to the chunk arrives. `ChunkFailed.bytes`
 * is the number of bytes that this attempt had reported as sent. Subtract this number from the count of sent bytes so that no
 * byte is counted twice. After `Recreated`, the counts of sent and confirmed bytes and of confirmed chunks start again at
 * zero. `Resumed` takes the place of `AssetCreated` if the upload resumes that of an earlier process: the confirmed chunks
 * and bytes are those of that process. `ClockSkewed` means that this machine's clock differs from the server's clock.
 * `aheadMillis` is negative if this machine's clock is behind. The `Progress` module counts bytes and chunks by these rules.
 */
import type { UploadError } from "./UploadError.ts"

/** The events of one chunk. */
export type ChunkEvent =
  | { readonly _tag: "ChunkSent"; readonly index: number; readonly bytes: number }
  | { readonly _tag: "ChunkFailed"; readonly index: number; readonly bytes: number; readonly error: UploadError }
  | { readonly _tag: "ChunkConfirmed"; readonly index: number; readonly bytes: number }

export type UploadEvent =
  | { readonly _tag: "Opened"; readonly path: string; readonly bytes: number }
  | {
      readonly _tag: "AssetCreated"
      readonly assetId: string
      readonly chunks: number
      readonly chunkSize: number
    }
  | {
      readonly _tag: "Resumed"
      readonly assetId: string
      readonly chunks: number
      readonly chunkSize: number
      readonly confirmedChunks: number
      readonly confirmedBytes: number
    }
  | ChunkEvent
  | { readonly _tag: "ClockSkewed"; readonly aheadMillis: number }
  | { readonly _tag: "Recreated"; readonly reason: string }
