/**
 * The gauges of a hedge.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Hedge } from "./machine.ts"

/** The delay of the hedge, in seconds. */
export const gauges = (hedge: Hedge): ReadonlyArray<Gauge> => [
  { name: "holdfast.hedge.delay", values: { "policy.name": hedge.name }, read: () => hedge.delay() / 1000 },
]
