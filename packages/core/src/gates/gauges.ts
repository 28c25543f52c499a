/**
 * The gauges that report the state of a gate.
 */
import type { Gauge } from "../telemetry/gauge.ts"
import type { Gate } from "./Gate.ts"

/** Returns a gauge that reports 1 while the gate is open and 0 while it is closed. */
export const gauges = (gate: Gate): ReadonlyArray<Gauge> => [
  { name: "holdfast.gate.open", values: { "gate.name": gate.name }, read: () => Number(gate.isOpen()) },
]
