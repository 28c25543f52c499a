/** Charges and verdicts for the tests of retry budgets. */
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Verdict } from "@holdfast/core"
import { Schema } from "effect"

/** Long enough to empty and fill a budget several times; generated arrays have at most 10 items by default. */
export const pathOf = <A>(step: Schema.Schema<A>) => Schema.Array(step).check(Schema.isMinLength(120))

export const number = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 }))

export const transient = Verdict.always()

export const throttled = Verdict.always({ pace: "throttled" })

export const ratio = (options: Omit<RetryBudget.RatioOptions, "kind"> = {}) =>
  RetryBudget.ratioUnsafe({ kind: "ratio", ...options })

export const begin = (budget: RetryBudget.RetryBudget, now: number, calls: number): void => {
  for (let n = 0; n < calls; n++) budget.begin(now)
}

/** The number of charges until one is rejected. */
export const charges = (budget: RetryBudget.RetryBudget, now: number, verdict?: Verdict.Verdict): number => {
  let count = 0
  while (count < 10_000 && budget.charge(now, verdict) !== undefined) count++
  return count
}
