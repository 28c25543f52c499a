/**
 * What an exit of a call says: its error, and the outcome for the service.
 */
import * as Cause from "effect/Cause"
import type * as Exit from "effect/Exit"
import { overdue } from "../../errors/overdue.ts"
import * as Verdict from "../../errors/Verdict.ts"
import { isClassified, type Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import type { Call } from "./call.ts"

/** The typed failure of a cause, if it has one: to tell of. */
export const failureOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  for (const reason of cause.reasons) if (reason._tag === "Fail") return reason.error as Classified
  return undefined
}

/** The failure of a cause to decide by: types demand a verdict, and what has slipped by them without one is a bug. */
export const classifiedOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  const error = failureOf(cause)
  return isClassified(error) ? error : undefined
}

/**
 * The error that stands for the deadline, if the deadline ended an attempt in flight.
 *
 * **Details**
 *
 * The deadline interrupts an attempt, as a cancelling caller does. A cancellation says nothing about the service; with a deadline
 * the service did not answer in time.
 */
export const overdueOf = (call: Call, cause: Cause.Cause<unknown>): Classified | undefined => {
  return call.inFlight && Cause.hasInterrupts(cause) && call.overdue(call.now()) ? overdue : undefined
}

/**
 * What an exit says about the service behind the call.
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
  // What got here without a verdict says nothing else than that the call has failed.
  if (!isClassified(error)) return "failure"
  const { verdict } = error
  return verdict.closes === "connectivity" && call.gates?.connectivity ? "ignored" : Verdict.outcomeOf(verdict)
}
