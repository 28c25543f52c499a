/**
 * What became of a call that was sent, as limits look at it.
 */
import { isOverdue } from "../../errors/overdue.ts"
import { isRefusal } from "../../errors/stackless.ts"
import { outcomeOf, type Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { DeadlineExceeded } from "../deadline/Deadline.ts"

/** Whether the service asked for less, or did not answer in time. */
export const dropped = (outcome: Outcome, error: Classified | undefined): boolean =>
  outcome === "overload" || (error !== undefined && (outcomeOf(error.verdict) === "overload" || isOverdue(error)))

/**
 * Whether the service took the call; `undefined` where it is not known.
 *
 * **Details**
 *
 * A client error and a refused token are answers: the service had the capacity for them. An interrupted call, a defect and an inner
 * call that ran out of time before it was sent say nothing about the service. An unreachable service is left to the connectivity
 * gate, if there is one.
 */
export const accepted = (outcome: Outcome, error: Classified | undefined): boolean | undefined => {
  if (outcome === "success") return true
  if (error !== undefined && isRefusal(error)) return undefined
  if (dropped(outcome, error) || (outcome === "failure" && error !== undefined)) return false
  const unknown = error === undefined || error.verdict.closes === "connectivity" || error instanceof DeadlineExceeded
  return unknown ? undefined : true
}
