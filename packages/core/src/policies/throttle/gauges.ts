/**
 * The gauges of a throttle.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Throttle } from "./Throttle.ts"

/** The probability that the throttle rejects a call. */
export const gauges = (throttle: Throttle): ReadonlyArray<Gauge> => [
  {
    name: "holdfast.throttle.rejection",
    values: { "policy.name": throttle.name },
    read: (now) => throttle.probability(now),
  },
]
