/**
 * What an upload tells while it runs.
 *
 * **Details**
 *
 * `ChunkSent` means that the bytes have left this machine: on Linux the peer has acknowledged them, elsewhere the operating system
 * has taken them. Each chunk reports it once a second while it grows.
 * `ChunkConfirmed` means answered and proven; only confirmed bytes have arrived. Where the socket cannot be observed, the bytes
 * of a chunk count as sent when its answer comes. `ChunkFailed.bytes` is what this attempt had reported as sent and takes back,
 * so that sent bytes never count twice. After `Recreated` all counts start at zero. `ClockSkewed` says that the clock of this
 * machine is wrong by the server's: `aheadMillis` is negative if it is behind. `Progress` folds the events by these rules.
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
