/**
 * Failures whose meaning is that no answer came in time.
 */
import * as Verdict from "../Verdict.ts"
import type { Classified } from "../Verdict.ts"

/**
 * Stands for the `DeadlineExceeded` of a call while its attempt is interrupted, for policies and observers inside: that
 * error is made when all of them have ended.
 */
export const overdue: Classified = {
  _tag: "DeadlineExceeded",
  verdict: /* @__PURE__ */ Verdict.never({ outcome: "failure", applied: "maybe", overdue: true }),
}

/** Errors that a pipeline's timeout failed with, whatever their verdict says. */
const timeouts = new WeakSet<object>()

/** Marks the error of an attempt that used up its time. */
export const markOverdue = <E extends Classified>(error: E): E => {
  timeouts.add(error)
  return error
}

/** Whether an error means that no answer came in time. */
export const isOverdue = (error: Classified): boolean => error.verdict.overdue === true || timeouts.has(error)
