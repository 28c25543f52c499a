/**
 * What became of a call that was sent, as limits look at it.
 */
import type { Outcome } from "../../Observer.ts"
import type { Classified } from "../../Verdict.ts"
import type { Call } from "../call.ts"

/** Whether a call ended because its time was over: its attempt's, or that of its deadline, which interrupts it. */
export const overdue = (call: Call, error: Classified | undefined, now: number): boolean =>
  error === undefined ? now >= call.deadline : error._tag === "AttemptTimedOut"

/** Whether the service asked for less, or did not answer in time. */
export const dropped = (call: Call, error: Classified | undefined, now: number): boolean =>
  error?.verdict.pace === "throttled" || overdue(call, error, now)

/**
 * Whether the service took the call; `undefined` where it is not known.
 *
 * **Details**
 *
 * An answer with the verdict `never` and a refused token are answers: the service had the time for them. Of an
 * interrupted call and of a bug in this program nothing is known, and an unreachable service is for the connectivity gate,
 * where there is one.
 */
export const accepted = (
  call: Call,
  outcome: Outcome,
  error: Classified | undefined,
  now: number,
): boolean | undefined => {
  if (outcome === "success") return true
  if (dropped(call, error, now) || (outcome === "failure" && error !== undefined)) return false
  return error === undefined || error.verdict.closes === "connectivity" ? undefined : true
}
