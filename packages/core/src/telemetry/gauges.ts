/**
 * Collects the gauges of policies and gates; each policy and each gate defines its own gauges.
 */
import type { Gate } from "../gates/Gate.ts"
import * as Gates from "../gates/gauges.ts"
import type { Pipeline } from "../pipeline/Pipeline.ts"
import type { AdaptiveLimit } from "../policies/adaptiveLimit/AdaptiveLimit.ts"
import type { CircuitBreaker } from "../policies/breaker/CircuitBreaker.ts"
import * as Breaker from "../policies/breaker/gauges.ts"
import type { RetryBudget } from "../policies/budget/budget.ts"
import * as Budget from "../policies/budget/gauges.ts"
import type { Bulkhead } from "../policies/bulkhead/Bulkhead.ts"
import * as HedgeGauges from "../policies/hedge/gauges.ts"
import type { Hedge } from "../policies/hedge/machine.ts"
import * as Limits from "../policies/limits/gauges.ts"
import * as ThrottleGauges from "../policies/throttle/gauges.ts"
import type { Throttle } from "../policies/throttle/Throttle.ts"
import type { Gauge } from "./gauge.ts"

/** A policy with gauges. */
export type Part = CircuitBreaker | Bulkhead | AdaptiveLimit | Throttle | Hedge

/** Any object that has gauges. A pipeline has the gauges of its policies, but not those of its gates. */
export type Watchable = Pipeline | Part | RetryBudget | Gate

const table: { readonly [P in Part as P["kind"]]: (part: P) => ReadonlyArray<Gauge> } = {
  breaker: Breaker.gauges,
  bulkhead: Limits.gauges,
  adaptiveLimit: Limits.gauges,
  throttle: ThrottleGauges.gauges,
  hedge: HedgeGauges.gauges,
}

/** The gauges of a policy. */
export const gaugesOf = (policy: Watchable): ReadonlyArray<Gauge> => {
  if ("built" in policy) {
    const parts = policy.built.flatMap(({ guards = [], parts }) => [
      ...guards,
      ...(parts?.() ?? []).map(([, part]) => part),
    ])
    return [...new Set<object>(parts)].filter(isWatchable).flatMap(gaugesOf)
  }
  if ("isOpen" in policy) return Gates.gauges(policy)
  if ("balance" in policy) return Budget.gauges(policy)
  return (table[policy.kind] as (part: Part) => ReadonlyArray<Gauge>)(policy)
}

const isWatchable = (part: object): part is Exclude<Watchable, Pipeline | Gate> => "balance" in part || "kind" in part
