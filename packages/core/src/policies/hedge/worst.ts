/**
 * The worst case of a call that is hedged.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"
import type { RetryBudget } from "../budget/budget.ts"
import type { Hedge } from "./machine.ts"

/**
 * Adds copies of every request: the last one may start late and then take as long as the first.
 *
 * **Details**
 *
 * `retries` is the budget of the outer retry stage. If it also pays for the copies, it limits the load only once.
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
