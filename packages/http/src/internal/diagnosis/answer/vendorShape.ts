/**
 * The row shape for an API's vendor.
 */
import type { Words } from "./words.ts"

/** A vendor whose limits and refusals are known. */
export interface Vendor {
  readonly id: string
  readonly name: string
  /** The suffixes of its host names. */
  readonly hosts: ReadonlyArray<string>
  /** Prefixes of header names that only this vendor sends. */
  readonly headers: ReadonlyArray<string>
  /** Whether its API uses keys from a console, which cannot be refreshed. */
  readonly isByKey?: true
  readonly isSpeaking?: (words: Words) => boolean
}
