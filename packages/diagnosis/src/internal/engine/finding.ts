/**
 * Defines the result of applying one rule to an exchange.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import type { Confidence, Evidence, Fix } from "./explanation.ts"

/** The finding that the rule's cause is present. */
export interface Found {
  readonly _tag: "Found"
  readonly confidence: Confidence
  /** One sentence about this occurrence, with its names, positions and differences. */
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  /** Fixes that suit this occurrence better than the fixes of the rule. */
  readonly fix?: ReadonlyArray<Fix>
  /** What must change before another attempt can succeed, if it differs from the change that the rule states. */
  readonly change?: Verdict.Change
  /**
   * The fields or headers that the finding concerns. Among otherwise equal findings, a finding about a field or header that
   * the response names is ranked first.
   */
  readonly about?: ReadonlyArray<string>
}

/** The finding that the rule was checked and its cause is not present. */
export interface Cleared {
  readonly _tag: "Cleared"
  /** The check that passed, described in two or three words: `policy expiry`. */
  readonly check: string
  /** The observed value: `58 min left`. */
  readonly value: string
}

/** The finding that the rule could not be checked, because the exchange lacks data that the rule needs. */
export interface Unseen {
  readonly _tag: "Unseen"
  /** The missing data, as a noun phrase: `the form's fields`. */
  readonly needs: string
}

/** The result of a rule. `find` returns `undefined` instead if the rule does not apply to the exchange. */
export type Finding = Found | Cleared | Unseen

export const found = (finding: Omit<Found, "_tag">): Found => ({ _tag: "Found", ...finding })
export const cleared = (check: string, value: string): Cleared => ({ _tag: "Cleared", check, value })
export const unseen = (needs: string): Unseen => ({ _tag: "Unseen", needs })
