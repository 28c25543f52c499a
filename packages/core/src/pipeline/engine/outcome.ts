/**
 * Derives the error and the outcome of a call from its exit.
 */
import * as Cause from "effect/Cause"
import type * as Exit from "effect/Exit"
import { overdue } from "../../errors/overdue.ts"
import * as Verdict from "../../errors/Verdict.ts"
import { isClassified, type Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import type { Call } from "./call.ts"

/** Returns the typed failure in a cause, if there is one. For reports only. */
export const failureOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  for (const reason of cause.reasons) if (reason._tag === "Fail") return reason.error as Classified
  return undefined
}

/**
 * Extracts from a cause the failure on which policies base their decisions. The types require every error to have a verdict;
 * an error that reaches this point without a verdict is a bug.
 */
export const classifiedOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  const error = failureOf(cause)
  return isClassified(error) ? error : undefined
}

/**
 * Returns the error that represents the deadline, if the deadline ended an attempt in flight.
 *
 * **Details**
 *
 * An expired deadline interrupts an attempt in the same way as a cancellation by the caller does. A cancellation says nothing
 * about the service; an expired deadline means that the service did not respond in time.
 */
export const overdueOf = (call: Call, cause: Cause.Cause<unknown>): Classified | undefined => {
  return call.inFlight && Cause.hasInterrupts(cause) && call.overdue(call.now()) ? overdue : undefined
}

/**
 * Determines what an exit shows about the health of the service.
 *
 * **Details**
 *
 * The verdict of an error determines the outcome. If the pipeline has a connectivity gate, that gate handles an unreachable
 * service and the failure is ignored here. A defect counts as a failure. An interruption is ignored, unless it came from a
 * deadline ({@link overdueOf}).
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
