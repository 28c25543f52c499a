/**
 * What one rule of a diagnosis says about an exchange.
 */
import type { Confidence, Evidence, Fix } from "./explanation.ts"

/** The rule's cause is there. */
export interface Found {
  readonly _tag: "Found"
  readonly confidence: Confidence
  /** One sentence about this occurrence: names, positions, differences. */
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  /** Fixes that fit this occurrence better than the rule's own. */
  readonly fix?: ReadonlyArray<Fix>
  /** Names of fields or headers that the finding is about: one that the vendor's words name comes first. */
  readonly about?: ReadonlyArray<string>
}

/** The rule looked, and its cause is not there: a check that passed. */
export interface Cleared {
  readonly _tag: "Cleared"
  /** What was checked, in two or three words: `policy expiry`. */
  readonly check: string
  /** What was seen: `58 min left`. */
  readonly value: string
}

/** The rule could not look: it would need something that the exchange does not hold. */
export interface Unseen {
  readonly _tag: "Unseen"
  /** What is missing, as `with … one could tell` ends: `the form's fields`. */
  readonly needs: string
}

/** What a rule says; `undefined` when it has nothing to do with the exchange. */
export type Finding = Found | Cleared | Unseen

export const found = (finding: Omit<Found, "_tag">): Found => ({ _tag: "Found", ...finding })
export const cleared = (check: string, value: string): Cleared => ({ _tag: "Cleared", check, value })
export const unseen = (needs: string): Unseen => ({ _tag: "Unseen", needs })
