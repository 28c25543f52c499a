/**
 * What happened during one upload: the processes, the requests that the sandbox saw, and the assets.
 */
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import type { Seen } from "../shared/sandbox/Protocol.ts"
import type { SavedTokens } from "../shared/sandbox/signIn.ts"

/** A file to upload. `parts` are the MD5s of its parts, in order. */
export interface SourceFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly parts: ReadonlyArray<string>
}

/** A line of the command's output, as far as the judge reads it. */
export interface Line {
  readonly type: string
  readonly time: string
  readonly path?: string
  readonly assetId?: string
  readonly index?: number
  readonly outcome?: string
  readonly exitCode?: number
  readonly message?: string
  readonly error?: { readonly tag: string; readonly message: string } | string
  readonly files?: ReadonlyArray<SummaryFile>
}

export interface SummaryFile {
  readonly path: string
  readonly outcome: string
  readonly resumed?: boolean
  readonly resentBytes?: number
  readonly error?: { readonly tag: string; readonly message: string }
}

/** One process of the command. Times are epoch milliseconds. */
export interface ProcessRun {
  readonly startedAt: number
  readonly endedAt: number
  /** The moment at which it was killed; `undefined` if it ended by itself. */
  readonly killed: string | undefined
  readonly exitCode: number | string
  readonly lines: ReadonlyArray<Line>
  readonly stderr: string
  /** Whether a person allowed another asset after the response to a creation request was lost. */
  readonly createAgain: boolean
  /** Whether the process ended because a user had to sign in. */
  readonly signedOut: boolean
  /** The token file after its end; `undefined` if the file was missing or damaged. */
  readonly tokens: SavedTokens | undefined
  /** The assets after its end. */
  readonly assets: ReadonlyArray<StoredAsset>
}

export interface History {
  readonly seed: number
  readonly files: ReadonlyArray<SourceFile>
  readonly processes: ReadonlyArray<ProcessRun>
  readonly seen: ReadonlyArray<Seen>
  /** The requests with refresh tokens that arrived at the sandbox. */
  readonly refreshes: ReadonlyArray<RefreshRequest>
}
