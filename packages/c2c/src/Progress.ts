/**
 * What to show of an upload: its events folded into numbers that never lie.
 */
import type { UploadEvent } from "./UploadEvent.ts"

/**
 * How far an upload is.
 *
 * **Details**
 *
 * `0 ≤ confirmed ≤ sent ≤ bytes` at any time. What is `sent` has left this machine and may still be lost; `confirmed` has
 * arrived. An estimate of the time left belongs on `confirmed`.
 */
export interface Progress {
  readonly bytes: number
  readonly sent: number
  readonly confirmed: number
  readonly chunks: number
  readonly chunksConfirmed: number
  /** Attempts of chunks that failed, over all assets of this upload. */
  readonly failures: number
  /** Assets created in place of one whose URLs had expired. */
  readonly recreations: number
}

/** Before the file was opened. */
export const empty: Progress = {
  bytes: 0,
  sent: 0,
  confirmed: 0,
  chunks: 0,
  chunksConfirmed: 0,
  failures: 0,
  recreations: 0,
}

/** The progress after one more event. */
export const next = (progress: Progress, event: UploadEvent): Progress => {
  switch (event._tag) {
    case "Opened":
      return { ...empty, bytes: event.bytes }
    case "AssetCreated":
      return { ...progress, sent: 0, confirmed: 0, chunksConfirmed: 0, chunks: event.chunks }
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
    case "Recreated":
      return { ...progress, sent: 0, confirmed: 0, chunksConfirmed: 0, recreations: progress.recreations + 1 }
  }
}
