/**
 * The gauges of a breaker.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Breaker } from "./breaker.ts"

const states = ["Closed", "Open", "HalfOpen", "Recovering", "Isolated"] as const

/**
 * Returns one gauge for each state of the breaker. A breaker that several processes share has no gauges, because its state is
 * in a store that these processes share.
 */
export const gauges = (breaker: Breaker): ReadonlyArray<Gauge> =>
  "machine" in breaker
    ? states.map((state) => ({
        name: "holdfast.circuit.state",
        values: { "circuitbreaker.name": breaker.name, "circuitbreaker.state": state },
        read: () => Number(stateOf(breaker) === state),
      }))
    : []

/**
 * Returns the state of the breaker after the last call. The next call applies any transition that has become due since the
 * last call.
 */
const stateOf = ({ machine }: Breaker): (typeof states)[number] =>
  machine.isolations.length > 0 ? "Isolated" : machine.phase
