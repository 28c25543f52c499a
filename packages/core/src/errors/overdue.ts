/**
 * Marks failures that mean that no response came in time.
 */
import * as Verdict from "./Verdict.ts"
import type { Classified } from "./Verdict.ts"

/**
 * Stands in for the `DeadlineExceeded` of a call while its attempt is interrupted: inner policies and observers need an error
 * before the real one can be built.
 */
export const overdue: Classified = {
  _tag: "DeadlineExceeded",
  verdict: /* @__PURE__ */ Verdict.never({ outcome: "failure", applied: "maybe", overdue: true }),
}

/** Errors created by a pipeline's timeout, whatever their verdict. */
const timeouts = new WeakSet<object>()

/** Marks the error of an attempt that ran out of time. */
export const markOverdue = <E extends Classified>(error: E): E => {
  timeouts.add(error)
  return error
}

/** Whether an error means that no response came in time. */
export const isOverdue = (error: Classified): boolean => error.verdict.overdue === true || timeouts.has(error)
