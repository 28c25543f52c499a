/** Computes the attribute `error.type`. */
import type { Classified } from "../errors/Verdict.ts"
import type { Outcome } from "./Observer.ts"

/**
 * Returns the tag of an error, `_OTHER` for a failure without a tag (as in OpenTelemetry's convention), or `undefined` for a
 * success.
 */
export const errorType = (outcome: Outcome, error: Classified | undefined): string | undefined =>
  error?._tag ?? (outcome === "failure" || outcome === "overload" ? "_OTHER" : undefined)
