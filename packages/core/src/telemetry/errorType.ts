/** The attribute `error.type`. */
import type { Classified } from "../errors/Verdict.ts"
import type { Outcome } from "./Observer.ts"

/** The tag of an error; `_OTHER`, as the convention says, for a failure without one; absent where nothing failed. */
export const errorType = (outcome: Outcome, error: Classified | undefined): string | undefined =>
  error?._tag ?? (outcome === "failure" || outcome === "overload" ? "_OTHER" : undefined)
