/**
 * What a limit asks of those who met it, whatever the status: GitHub's limits come with 403, a spent quota with 429.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { Limit, LimitKind } from "./limits.ts"

/** By kind, where a vendor documents the words. A spent quota or a request that is too large says nothing of the service's state. */
const documented: Readonly<Record<LimitKind, Verdict.Verdict>> = {
  rate: Verdict.always({ pace: "throttled", applied: "no" }),
  window: Verdict.always({ pace: "throttled", applied: "no" }),
  secondary: Verdict.always({ pace: "throttled", applied: "no" }),
  overload: Verdict.always({ pace: "throttled", applied: "no" }),
  lock: Verdict.always({ applied: "no" }),
  quota: Verdict.never({ change: "human", outcome: "ignored", applied: "no" }),
  alone: Verdict.never({ change: "plan", outcome: "ignored", applied: "no" }),
}

/** The verdict of a limit that an answer names. */
export const verdictOf = ({ kind }: Limit): Verdict.Verdict => documented[kind]
