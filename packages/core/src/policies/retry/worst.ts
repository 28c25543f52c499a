/**
 * The worst case of a retried call.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"
import type { Policy } from "./retried.ts"

/**
 * Multiplies the worst case by the number of attempts, adds the waits between attempts, and applies the budget's limit to the
 * load.
 */
export const worst = ({ budget, rules, schedule }: Policy, inner: WorstCase): WorstCase => {
  const { attempts, hintCap, waits } = rules
  const load = inner.load * Math.min(attempts, budget?.loadFactor() ?? Infinity)
  if (schedule !== undefined) {
    return { ...inner, attempts: attempts * inner.attempts, time: Infinity, hinted: Infinity, load }
  }
  let waited = 0
  let hinted = 0
  // The first thousand waits are summed one by one. Later ones equal the last: by then all are at the cap.
  const summed = Math.min(attempts - 1, 1000)
  for (let n = 0; n < summed; n++) {
    const [, longest] = waits.band(n)
    const factor = n === summed - 1 ? attempts - summed : 1
    waited += factor * longest
    hinted += factor * Math.max(longest, hintCap)
  }
  return {
    ...inner,
    attempts: attempts * inner.attempts,
    time: attempts * inner.time + waited,
    hinted: attempts * inner.hinted + hinted,
    load,
  }
}
