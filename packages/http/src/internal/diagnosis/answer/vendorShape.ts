/**
 * Defines the table row that describes the vendor of an API.
 */
import type { Words } from "./words.ts"

/** A vendor whose limits and refusals are known. */
export interface Vendor {
  readonly id: string
  readonly name: string
  /** The vendor's host names. An entry that starts with a dot matches every subdomain. */
  readonly hosts: ReadonlyArray<string>
  /** Prefixes of header names that only this vendor sends. */
  readonly headers: ReadonlyArray<string>
  /** Whether the vendor's API uses keys that are created in a console and cannot be refreshed. */
  readonly isByKey?: true
  readonly isSpeaking?: (words: Words) => boolean
}
