/**
 * Determines the verdict for a limit without relying on the status: GitHub reports its limits with status 403, and an
 * exhausted quota has status 429.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { Limit, LimitKind } from "./limits.ts"

/**
 * The verdicts for documented codes, by kind of limit. An exhausted quota, or a single request that exceeds the limit, says
 * nothing about the health of the service.
 */
const documented: Readonly<Record<LimitKind, Verdict.Verdict>> = {
  rate: Verdict.always({ pace: "throttled", applied: "no" }),
  window: Verdict.always({ pace: "throttled", applied: "no" }),
  secondary: Verdict.always({ pace: "throttled", applied: "no" }),
  overload: Verdict.always({ pace: "throttled", applied: "no" }),
  lock: Verdict.always({ applied: "no" }),
  quota: Verdict.never({ change: "human", outcome: "ignored", applied: "no" }),
  alone: Verdict.never({ change: "plan", outcome: "ignored", applied: "no" }),
}

/** Returns the verdict for the limit that a response reports. */
export const verdictOf = ({ kind }: Limit): Verdict.Verdict => documented[kind]
