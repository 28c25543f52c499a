/**
 * The verdict of a limit, whatever the status is: GitHub's limits have 403, an exhausted quota 429.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { Limit, LimitKind } from "./limits.ts"

/** Verdicts by kind, for documented codes. An exhausted quota or a request above the limit says nothing about the service's health. */
const documented: Readonly<Record<LimitKind, Verdict.Verdict>> = {
  rate: Verdict.always({ pace: "throttled", applied: "no" }),
  window: Verdict.always({ pace: "throttled", applied: "no" }),
  secondary: Verdict.always({ pace: "throttled", applied: "no" }),
  overload: Verdict.always({ pace: "throttled", applied: "no" }),
  lock: Verdict.always({ applied: "no" }),
  quota: Verdict.never({ change: "human", outcome: "ignored", applied: "no" }),
  alone: Verdict.never({ change: "plan", outcome: "ignored", applied: "no" }),
}

/** The verdict of a limit that a response reports. */
export const verdictOf = ({ kind }: Limit): Verdict.Verdict => documented[kind]
