/**
 * The gauges of a gate.
 */
import type { Gauge } from "../telemetry/gauge.ts"
import type { Gate } from "./Gate.ts"

/** Whether it is open. */
export const gauges = (gate: Gate): ReadonlyArray<Gauge> => [
  { name: "holdfast.gate.open", values: { "gate.name": gate.name }, read: () => Number(gate.isOpen()) },
]
