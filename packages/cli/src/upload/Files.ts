/**
 * The files of a run and what became of each.
 */
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import type * as Event from "./Event.ts"

/** What is known of a file so far. */
export interface Entry {
  readonly path: string
  readonly bytes: number
  readonly chunks: number
  readonly assetId: string | undefined
  readonly sha256: string | undefined
  readonly verified: boolean
  /** How many chunks nothing proves to be stored, although they count as sent. */
  readonly unproven: number
  /** Whether its upload has begun. */
  readonly begun: boolean
  /** Whether the run ended before its upload could begin. */
  readonly skipped: boolean
  /** Absent while the file is not through. */
  readonly outcome: Outcome | undefined
  readonly error: { readonly tag: string; readonly message: string } | undefined
}

/** A file that nothing happened to yet. */
export const make = (path: string): Entry => ({
  path,
  bytes: 0,
  chunks: 0,
  assetId: undefined,
  sha256: undefined,
  verified: false,
  unproven: 0,
  begun: false,
  skipped: false,
  outcome: undefined,
  error: undefined,
})

/** The file after an event of its upload. */
export const apply = (entry: Entry, event: UploadEvent): Entry => {
  switch (event._tag) {
    case "Opened":
      return { ...entry, bytes: event.bytes }
    case "AssetCreated":
      return { ...entry, assetId: event.assetId, chunks: event.chunks }
    default:
      return entry
  }
}

/** What became of the file. A file without an outcome is one that a signal kept from arriving. */
const outcomeOf = ({ outcome, skipped, unproven }: Entry): Event.FileOutcome => {
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

/** The file as the summary lists it. */
export const summarize = (entry: Entry): Event.File => ({
  path: entry.path,
  outcome: outcomeOf(entry),
  bytes: entry.bytes,
  chunks: entry.chunks,
  sha256: entry.sha256 ?? null,
  verified: entry.verified,
  ...(entry.assetId === undefined ? {} : { assetId: entry.assetId }),
  ...(entry.error === undefined || entry.outcome === undefined
    ? {}
    : { error: { ...entry.error, exitCode: ExitCode.code(entry.outcome) } }),
})
