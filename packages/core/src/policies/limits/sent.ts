/**
 * Defines how limits interpret the result of a call that was sent.
 */
import { isOverdue } from "../../errors/overdue.ts"
import { isRefusal } from "../../errors/stackless.ts"
import { outcomeOf, type Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { DeadlineExceeded } from "../deadline/Deadline.ts"

/** Whether the service asked for fewer requests or did not respond in time. */
export const dropped = (outcome: Outcome, error: Classified | undefined): boolean =>
  outcome === "overload" || (error !== undefined && (outcomeOf(error.verdict) === "overload" || isOverdue(error)))

/**
 * Whether the service accepted the call, or `undefined` if this is unknown.
 *
 * **Details**
 *
 * Calls that end with a client error or a rejected token count as accepted, because the service had the capacity to respond.
 * Interrupted calls, defects, and inner calls that ran out of time before they were sent do not provide any information about
 * the service. For an unreachable service, the result is `undefined` if a connectivity gate handles the failure.
 */
export const accepted = (outcome: Outcome, error: Classified | undefined): boolean | undefined => {
  if (outcome === "success") return true
  if (error !== undefined && isRefusal(error)) return undefined
  if (dropped(outcome, error) || (outcome === "failure" && error !== undefined)) return false
  const unknown = error === undefined || error.verdict.closes === "connectivity" || error instanceof DeadlineExceeded
  return unknown ? undefined : true
}
