/**
 * Converts the events of an upload to the events that `--json` prints.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type * as Event from "./Event.ts"

/** Returns the event that is printed for an event of the upload of a file. */
export const of = (path: string, event: RealtimeEvent | UploadEvent): Event.Untimed => {
  switch (event._tag) {
    case "Opened":
      return { type: "opened", path, bytes: event.bytes }
    case "AssetCreated":
      return { type: "created", path, assetId: event.assetId, chunks: event.chunks, chunkSize: event.chunkSize }
    case "Resumed":
      return {
        type: "resumed",
        path,
        assetId: event.assetId,
        chunks: event.chunks,
        chunkSize: event.chunkSize,
        confirmedChunks: event.confirmedChunks,
        confirmedBytes: event.confirmedBytes,
      }
    case "ChunkSent":
      return { type: "chunk-sent", path, index: event.index, bytes: event.bytes }
    case "ChunkFailed":
      return { type: "chunk-failed", path, index: event.index, error: event.error._tag }
    case "ChunkConfirmed":
      return { type: "chunk-confirmed", path, index: event.index, bytes: event.bytes }
    case "ClockSkewed":
      return { type: "clock", path, aheadMs: event.aheadMillis }
    case "Recreated":
      return { type: "recreated", path, reason: event.reason }
    case "Grown":
      return { type: "grown", path, bytes: event.bytes, chunks: event.chunks }
    case "Ended":
      return { type: "ended", path, bytes: event.bytes, chunks: event.chunks }
    case "Rewritten":
      return { type: "rewritten", path, indexes: event.indexes, bytes: event.bytes }
  }
}
