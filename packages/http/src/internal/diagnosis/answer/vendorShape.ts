/**
 * What is known of a vendor of an API.
 */
import type { Words } from "./words.ts"

/** A vendor whose limits and refusals are known. */
export interface Vendor {
  readonly id: string
  readonly name: string
  /** The ends of its hosts. */
  readonly hosts: ReadonlyArray<string>
  /** Beginnings of the names of headers that only this vendor sends. */
  readonly headers: ReadonlyArray<string>
  /** Whether its API takes keys that are made in a console, which no refresh renews. */
  readonly isByKey?: true
  readonly isSpeaking?: (words: Words) => boolean
}
