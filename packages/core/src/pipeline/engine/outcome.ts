/**
 * Interprets the exit of a call: its error, and its outcome for the service.
 */
import * as Cause from "effect/Cause"
import type * as Exit from "effect/Exit"
import { overdue } from "../../errors/overdue.ts"
import * as Verdict from "../../errors/Verdict.ts"
import { isClassified, type Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import type { Call } from "./call.ts"

/** The typed failure of a cause, if it has one. For reports only. */
export const failureOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  for (const reason of cause.reasons) if (reason._tag === "Fail") return reason.error as Classified
  return undefined
}

/**
 * The failure of a cause on which policies decide. Types require a verdict; an error that reaches this point without one is a
 * bug.
 */
export const classifiedOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  const error = failureOf(cause)
  return isClassified(error) ? error : undefined
}

/**
 * The error that represents the deadline, if the deadline ended an attempt in flight.
 *
 * **Details**
 *
 * An attempt is interrupted by a deadline as by a caller that cancels. A cancellation says nothing about the service; a
 * deadline means that the service did not respond in time.
 */
export const overdueOf = (call: Call, cause: Cause.Cause<unknown>): Classified | undefined => {
  return call.inFlight && Cause.hasInterrupts(cause) && call.overdue(call.now()) ? overdue : undefined
}

/**
 * What an exit shows about the health of the service.
 *
 * **Details**
 *
 * The verdict of an error decides. An unreachable service is left to the connectivity gate, if the pipeline has one. A defect is a
 * failure. An interruption is ignored, unless it came from a deadline ({@link overdueOf}).
 */
export const outcomeOf = (call: Call, exit: Exit.Exit<unknown, unknown>, error: Classified | undefined): Outcome => {
  if (exit._tag === "Success") return "success"
  if (error === undefined) {
    return exit.cause.reasons.some((reason) => reason._tag === "Interrupt") ? "ignored" : "failure"
  }
  // Without a verdict, all that is known is that the call failed.
  if (!isClassified(error)) return "failure"
  const { verdict } = error
  return verdict.closes === "connectivity" && call.gates?.connectivity ? "ignored" : Verdict.outcomeOf(verdict)
}
