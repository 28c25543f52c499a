/**
 * Tracks the files of a run and their outcomes.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { Outcome } from "../../process/ExitCode.ts"
import * as ExitCode from "../../process/ExitCode.ts"
import type * as Event from "../Event.ts"

/** The current state of a file in the run. */
export interface Entry {
  readonly path: string
  readonly bytes: number
  readonly chunks: number
  readonly assetId: string | undefined
  readonly sha256: string | undefined
  readonly verified: boolean
  /** The number of chunks that are considered sent although there is no proof that they are stored. */
  readonly unproven: number
  /** Whether the upload continued the upload of an earlier run. */
  readonly resumed: boolean
  /** The bytes of chunks that an earlier run had begun to send and that were sent again. */
  readonly resentBytes: number
  /** Whether the file was only added to the queue. */
  readonly queued: boolean
  /** Whether the content of the file was uploaded before this run. */
  readonly alreadyUploaded: boolean
  /** Whether the upload of the file has begun. */
  readonly begun: boolean
  /** The time at which the upload began, in monotonic milliseconds, or 0 before that. */
  readonly begunAt: number
  /** Whether the run ended before the upload of the file could begin. */
  readonly skipped: boolean
  /** The outcome, which is `undefined` until the upload of the file has finished. */
  readonly outcome: Outcome | undefined
  readonly error: { readonly tag: string; readonly message: string } | undefined
}

/** The initial state of a file. */
export const make = (path: string): Entry => ({
  path,
  bytes: 0,
  chunks: 0,
  assetId: undefined,
  sha256: undefined,
  verified: false,
  unproven: 0,
  resumed: false,
  resentBytes: 0,
  queued: false,
  alreadyUploaded: false,
  begun: false,
  begunAt: 0,
  skipped: false,
  outcome: undefined,
  error: undefined,
})

/** Returns the state of a file after an event from the file's upload. */
export const apply = (entry: Entry, event: RealtimeEvent | UploadEvent): Entry => {
  switch (event._tag) {
    case "Opened":
      return { ...entry, bytes: event.bytes }
    case "AssetCreated":
      return { ...entry, assetId: event.assetId, chunks: event.chunks }
    case "Resumed":
      return { ...entry, assetId: event.assetId, chunks: event.chunks, resumed: true }
    case "Grown":
    case "Ended":
      return { ...entry, bytes: event.bytes, chunks: event.chunks }
    default:
      return entry
  }
}

/** Returns the outcome of a file for the summary. A file without an outcome was interrupted by a signal. */
export const outcomeOf = ({ outcome, queued, skipped, unproven }: Entry): Event.FileOutcome => {
  if (queued) return "queued"
  switch (outcome) {
    case undefined:
    case "interrupted":
      return "interrupted"
    case "ok":
      return unproven > 0 ? "unverified" : "uploaded"
    case "unproven":
      return "unverified"
    default:
      return skipped ? "skipped" : "failed"
  }
}

/** Returns the entry for a file in the summary. */
export const summarize = (entry: Entry): Event.File => ({
  path: entry.path,
  outcome: outcomeOf(entry),
  bytes: entry.bytes,
  chunks: entry.chunks,
  sha256: entry.sha256 ?? null,
  verified: entry.verified,
  resumed: entry.resumed,
  resentBytes: entry.resentBytes,
  ...(entry.alreadyUploaded ? { alreadyUploaded: true } : {}),
  ...(entry.assetId === undefined ? {} : { assetId: entry.assetId }),
  ...(entry.error === undefined || entry.outcome === undefined
    ? {}
    : { error: { ...entry.error, exitCode: ExitCode.code(entry.outcome) } }),
})
