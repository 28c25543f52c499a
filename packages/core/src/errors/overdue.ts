/**
 * Marks failures that mean that no answer came in time.
 */
import * as Verdict from "./Verdict.ts"
import type { Classified } from "./Verdict.ts"

/**
 * Represents the `DeadlineExceeded` of a call for inner policies and observers while the attempt is interrupted. The error itself is
 * made after they have ended.
 */
export const overdue: Classified = {
  _tag: "DeadlineExceeded",
  verdict: /* @__PURE__ */ Verdict.never({ outcome: "failure", applied: "maybe", overdue: true }),
}

/** Errors of a pipeline's timeout, whatever their verdict. */
const timeouts = new WeakSet<object>()

/** Marks the error of an attempt that used up its time. */
export const markOverdue = <E extends Classified>(error: E): E => {
  timeouts.add(error)
  return error
}

/** Whether an error means that no answer came in time. */
export const isOverdue = (error: Classified): boolean => error.verdict.overdue === true || timeouts.has(error)
