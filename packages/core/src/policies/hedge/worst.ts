/**
 * The worst case of a call that is hedged.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"
import type { RetryBudget } from "../budget/budget.ts"
import type { Hedge } from "./machine.ts"

/**
 * With copies of every request: the last one begins late, and may then take as long as the first.
 *
 * **Details**
 *
 * `retries` is the budget of the retries around it. If it pays for the copies too, it bounds the load once and not twice.
 */
export const worst = (
  { budget, figures: { copies, max } }: Hedge,
  inner: WorstCase,
  retries: RetryBudget | undefined,
): WorstCase => {
  const requests = 1 + copies
  const lateness = copies * max
  const isShared = budget !== undefined && budget === retries
  return {
    ...inner,
    attempts: requests * inner.attempts,
    time: inner.time + lateness,
    hinted: inner.hinted + lateness,
    load: isShared ? inner.load : Math.min(requests, budget?.loadFactor() ?? Infinity) * inner.load,
  }
}
