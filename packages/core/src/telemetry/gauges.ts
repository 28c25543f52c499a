/**
 * What can be read of a policy at any moment.
 */
import type { AdaptiveLimit } from "../policies/adaptiveLimit/AdaptiveLimit.ts"
import type { Bulkhead } from "../policies/bulkhead/Bulkhead.ts"
import type { CircuitBreaker } from "../policies/breaker/CircuitBreaker.ts"
import type { Gate } from "../gates/Gate.ts"
import type { Hedge } from "../policies/hedge/Hedge.ts"
import type { Pipeline } from "../pipeline/Pipeline.ts"
import type { Name } from "./PolicyMetrics.ts"
import type { RetryBudget } from "../policies/budget/RetryBudget.ts"
import type { Throttle } from "../policies/throttle/Throttle.ts"
import type { Values } from "./series.ts"

/** What has gauges; those of a pipeline are those of its policies, without the gates. */
export type Watchable = Pipeline | CircuitBreaker | Bulkhead | AdaptiveLimit | Throttle | Hedge | RetryBudget | Gate

/** One gauge: how to read it, at a moment in monotonic milliseconds. */
export interface Gauge {
  readonly name: Name
  readonly values: Values
  readonly read: (now: number) => number
}

/** The gauges of a policy. */
export const gaugesOf = (policy: Watchable): ReadonlyArray<Gauge> => {
  if ("built" in policy) {
    const parts = policy.built.flatMap(({ guards = [], parts }) => [...guards, ...Object.values(parts)])
    return [...new Set<object>(parts)].filter(isWatchable).flatMap(gaugesOf)
  }
  if ("isOpen" in policy) {
    return [{ name: "holdfast.gate.open", values: { "gate.name": policy.name }, read: () => Number(policy.isOpen()) }]
  }
  const values = { "policy.name": policy.name }
  if ("balance" in policy) {
    // A budget that refuses nothing has nothing to show, and its infinity is no number for exporters.
    return policy.loadFactor() === Infinity
      ? []
      : [{ name: "holdfast.budget.balance", values, read: (now) => policy.balance(now) }]
  }
  switch (policy.kind) {
    case "breaker":
      // The state of a breaker that processes share is in their store.
      if (!("machine" in policy)) return []
      return states.map((state) => ({
        name: "holdfast.circuit.state",
        values: { "circuitbreaker.name": policy.name, "circuitbreaker.state": state },
        read: () => Number(stateOf(policy) === state),
      }))
    case "bulkhead":
    case "adaptiveLimit":
      return [
        { name: "holdfast.limit.in_flight", values, read: () => policy.places.inFlight },
        { name: "holdfast.limit.queued", values, read: () => policy.places.waiting.size },
        { name: "holdfast.limit.places", values, read: () => policy.places.permits },
      ]
    case "throttle":
      return [{ name: "holdfast.throttle.rejection", values, read: (now) => policy.probability(now) }]
    case "hedge":
      return [{ name: "holdfast.hedge.delay", values, read: () => policy.delay() / 1000 }]
  }
}

const states = ["Closed", "Open", "HalfOpen", "Recovering", "Isolated"] as const

/** As the last call left it: what has become due since is done when the next one comes. */
const stateOf = ({ machine }: CircuitBreaker): (typeof states)[number] =>
  machine.isolations.size > 0 ? "Isolated" : machine.phase

const isWatchable = (part: object): part is Exclude<Watchable, Pipeline | Gate> => "balance" in part || "kind" in part
