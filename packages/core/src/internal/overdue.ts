/**
 * Failures whose meaning is that no answer came in time.
 */
import type { Classified } from "../Verdict.ts"

/** Errors that a pipeline's timeout failed with, whatever their verdict says. */
const timeouts = new WeakSet<object>()

/** Marks the error of an attempt that used up its time. */
export const markOverdue = <E extends Classified>(error: E): E => {
  timeouts.add(error)
  return error
}

/** Whether an error means that no answer came in time. */
export const isOverdue = (error: Classified): boolean => error.verdict.overdue === true || timeouts.has(error)
