/**
 * What an upload tells while it runs.
 *
 * **Details**
 *
 * `ChunkSent` means handed to the connection, `ChunkConfirmed` means answered and proven; only confirmed bytes have
 * arrived. A chunk above 64 MiB is sent in pieces and tells of each. `ChunkFailed.bytes` is what this attempt had
 * told as sent and takes back, so that sent bytes never count twice. After `Recreated` all counts begin again from
 * nothing. `ClockSkewed` says that the clock of this machine is wrong by the server's: `aheadMillis` is negative if it is behind.
 * `Progress` folds the events by these rules.
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
