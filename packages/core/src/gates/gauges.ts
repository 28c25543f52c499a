/**
 * The gauges of a gate.
 */
import type { Gauge } from "../telemetry/gauge.ts"
import type { Gate } from "./Gate.ts"

/** Reports 1 while the gate is open and 0 otherwise. */
export const gauges = (gate: Gate): ReadonlyArray<Gauge> => [
  { name: "holdfast.gate.open", values: { "gate.name": gate.name }, read: () => Number(gate.isOpen()) },
]
