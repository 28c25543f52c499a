/**
 * The worst case of a hedged call.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"
import type { RetryBudget } from "../budget/budget.ts"
import type { Hedge } from "./machine.ts"

/**
 * Adds copies of every request to the worst case. The last copy can start late and then take as long as the first request.
 *
 * **Details**
 *
 * `retries` is the budget of the outer retry stage. If copies are also charged to the retry budget, the budget's limit is
 * applied to the load only once.
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
