/**
 * Summarizes the events of an upload in numbers that can be displayed.
 */
import type { RealtimeEvent } from "./internal/realtime/types.ts"
import type { UploadEvent } from "./UploadEvent.ts"

/**
 * The progress of an upload.
 *
 * **Details**
 *
 * The values always satisfy `0 ≤ confirmed ≤ sent ≤ bytes`. The bytes counted in `sent` have left this machine but may still
 * be lost. The bytes counted in `confirmed` have arrived. Use `confirmed` to estimate the remaining time.
 */
export interface Progress {
  readonly bytes: number
  readonly sent: number
  readonly confirmed: number
  readonly chunks: number
  readonly chunksConfirmed: number
  /** The number of failed attempts to send a chunk, across all assets of this upload. */
  readonly failures: number
  /** The number of assets that were created to replace an asset whose upload URLs no longer worked. */
  readonly recreations: number
}

/** The progress before the file has been opened. */
export const empty: Progress = {
  bytes: 0,
  sent: 0,
  confirmed: 0,
  chunks: 0,
  chunksConfirmed: 0,
  failures: 0,
  recreations: 0,
}

/** Returns the progress after the next event of the upload of a file or of a recording. */
export const next = (progress: Progress, event: UploadEvent | RealtimeEvent): Progress => {
  switch (event._tag) {
    case "Opened":
      return { ...empty, bytes: event.bytes }
    case "AssetCreated":
      return { ...progress, sent: 0, confirmed: 0, chunksConfirmed: 0, chunks: event.chunks }
    case "Resumed":
      return {
        ...progress,
        sent: event.confirmedBytes,
        confirmed: event.confirmedBytes,
        chunks: event.chunks,
        chunksConfirmed: event.confirmedChunks,
      }
    case "ChunkSent":
      return { ...progress, sent: progress.sent + event.bytes }
    case "ChunkFailed":
      return { ...progress, sent: progress.sent - event.bytes, failures: progress.failures + 1 }
    case "ChunkConfirmed":
      return {
        ...progress,
        confirmed: progress.confirmed + event.bytes,
        chunksConfirmed: progress.chunksConfirmed + 1,
      }
    case "ClockSkewed":
      return progress
    case "Grown":
    case "Ended":
      return { ...progress, bytes: event.bytes, chunks: event.chunks }
    case "Rewritten":
      return {
        ...progress,
        sent: progress.sent - event.bytes,
        confirmed: progress.confirmed - event.bytes,
        chunksConfirmed: progress.chunksConfirmed - event.indexes.length,
      }
    case "Recreated":
      return { ...progress, sent: 0, confirmed: 0, chunksConfirmed: 0, recreations: progress.recreations + 1 }
  }
}
