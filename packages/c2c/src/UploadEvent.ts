/**
 * The events of a running upload.
 *
 * **Details**
 *
 * `ChunkSent` means that bytes have left this machine: on Linux the peer has acknowledged them, elsewhere the operating system
 * has accepted them. Each chunk emits it once a second while the number grows. `ChunkConfirmed` means that the chunk is
 * answered and proven: only confirmed bytes have arrived. If the socket cannot be observed, the bytes of a chunk count as sent
 * when its response arrives. `ChunkFailed.bytes` is the number that this attempt had reported as sent, which must be
 * subtracted, so that no byte counts twice. After `Recreated` all counts start at zero. `ClockSkewed` means that this machine's
 * clock differs from the server's; `aheadMillis` is negative if it is behind. `Progress` applies these rules.
 */
import type { UploadError } from "./UploadError.ts"

export type UploadEvent =
  | { readonly _tag: "Opened"; readonly path: string; readonly bytes: number }
  | {
      readonly _tag: "AssetCreated"
      readonly assetId: string
      readonly chunks: number
      readonly chunkSize: number
    }
  | { readonly _tag: "ChunkSent"; readonly index: number; readonly bytes: number }
  | { readonly _tag: "ChunkFailed"; readonly index: number; readonly bytes: number; readonly error: UploadError }
  | { readonly _tag: "ChunkConfirmed"; readonly index: number; readonly bytes: number }
  | { readonly _tag: "ClockSkewed"; readonly aheadMillis: number }
  | { readonly _tag: "Recreated"; readonly reason: string }
