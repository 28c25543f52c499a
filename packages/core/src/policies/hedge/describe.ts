/**
 * Describes a hedge in words.
 */
import { time } from "../../time/units.ts"
import type { RetryBudget } from "../budget/budget.ts"
import type { Checked } from "./options.ts"

/** Describes the hedge: `hedge after p95 (1 ms to 2 s), budget 20 % of the calls in 10 s, and 10/s`. */
export const describe = (figures: Checked, budget: RetryBudget | undefined): string => {
  const { afterFailure, copies, max, min, percentile } = figures
  const delay = percentile === undefined ? time(max) : `p${percentile * 100} (${time(min)} to ${time(max)})`
  const paid = budget === undefined ? "" : `, ${budget.describe()}`
  const early = afterFailure ? " or a failure" : ""
  return `hedge ${copies === 1 ? "" : `${copies} copies, each `}after ${delay}${early}${paid}`
}
