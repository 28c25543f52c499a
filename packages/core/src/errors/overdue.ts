/**
 * Marks failures that indicate that no response was received in time.
 */
import * as Verdict from "./Verdict.ts"
import type { Classified } from "./Verdict.ts"

/**
 * Stands in for a call's `DeadlineExceeded` error while the call's attempt is being interrupted. Inner policies and observers
 * need an error before the actual error can be built.
 */
export const overdue: Classified = {
  _tag: "DeadlineExceeded",
  verdict: /* @__PURE__ */ Verdict.never({ outcome: "failure", applied: "maybe", overdue: true }),
}

/** Errors created by a pipeline's timeout, regardless of their verdict. */
const timeouts = new WeakSet<object>()

/** Marks the error of an attempt that timed out. */
export const markOverdue = <E extends Classified>(error: E): E => {
  timeouts.add(error)
  return error
}

/** Returns whether an error indicates that no response was received in time. */
export const isOverdue = (error: Classified): boolean => error.verdict.overdue === true || timeouts.has(error)
