/**
 * The gauges of a budget.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { RetryBudget } from "./budget.ts"

/** Its balance. An unlimited budget has no gauge, because exporters cannot send infinity. */
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
