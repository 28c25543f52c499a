/** Computes the attribute `error.type`. */
import type { Classified } from "../errors/Verdict.ts"
import type { Outcome } from "./Observer.ts"

/** The tag of an error; `_OTHER`, as in OpenTelemetry's convention, for a failure without a tag; absent for a success. */
export const errorType = (outcome: Outcome, error: Classified | undefined): string | undefined =>
  error?._tag ?? (outcome === "failure" || outcome === "overload" ? "_OTHER" : undefined)
