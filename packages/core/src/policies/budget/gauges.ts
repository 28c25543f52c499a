/**
 * What can be read of a budget.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { RetryBudget } from "./budget.ts"

/** What is left of it. A budget that refuses nothing has no gauge: exporters cannot send its infinity. */
export const gauges = (budget: RetryBudget): ReadonlyArray<Gauge> =>
  budget.loadFactor() === Infinity
    ? []
    : [
        {
          name: "holdfast.budget.balance",
          values: { "policy.name": budget.name },
          read: (now) => budget.balance(now),
        },
      ]
