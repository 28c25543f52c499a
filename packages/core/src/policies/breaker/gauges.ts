/**
 * What can be read of a breaker.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Breaker } from "./breaker.ts"

const states = ["Closed", "Open", "HalfOpen", "Recovering", "Isolated"] as const

/** One for each state. A breaker that processes share has none: its state is in their store. */
export const gauges = (breaker: Breaker): ReadonlyArray<Gauge> =>
  "machine" in breaker
    ? states.map((state) => ({
        name: "holdfast.circuit.state",
        values: { "circuitbreaker.name": breaker.name, "circuitbreaker.state": state },
        read: () => Number(stateOf(breaker) === state),
      }))
    : []

/** As the last call left it: what has become due since is done when the next one comes. */
const stateOf = ({ machine }: Breaker): (typeof states)[number] =>
  machine.isolations.size > 0 ? "Isolated" : machine.phase
