/**
 * The gauges of a throttle.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Throttle } from "./Throttle.ts"

/** The probability of a rejection. */
export const gauges = (throttle: Throttle): ReadonlyArray<Gauge> => [
  {
    name: "holdfast.throttle.rejection",
    values: { "policy.name": throttle.name },
    read: (now) => throttle.probability(now),
  },
]
