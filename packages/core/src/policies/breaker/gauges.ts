/**
 * The gauges of a breaker.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Breaker } from "./breaker.ts"

const states = ["Closed", "Open", "HalfOpen", "Recovering", "Isolated"] as const

/** One gauge for each state. A breaker that processes share has none, because its state is in their store. */
export const gauges = (breaker: Breaker): ReadonlyArray<Gauge> =>
  "machine" in breaker
    ? states.map((state) => ({
        name: "holdfast.circuit.state",
        values: { "circuitbreaker.name": breaker.name, "circuitbreaker.state": state },
        read: () => Number(stateOf(breaker) === state),
      }))
    : []

/** The state after the last call. A transition that has become due since then is applied by the next call. */
const stateOf = ({ machine }: Breaker): (typeof states)[number] =>
  machine.isolations.size > 0 ? "Isolated" : machine.phase
