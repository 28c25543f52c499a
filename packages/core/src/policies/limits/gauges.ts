/**
 * The gauges of a bulkhead or an adaptive limit.
 */
import type { Gauge } from "../../telemetry/gauge.ts"
import type { Places } from "./places.ts"

/** Gauges for the number of calls in flight, the number of queued calls and the number of permits. */
export const gauges = ({ name, places }: { readonly name: string; readonly places: Places }): ReadonlyArray<Gauge> => {
  const values = { "policy.name": name }
  return [
    { name: "holdfast.limit.in_flight", values, read: () => places.inFlight },
    { name: "holdfast.limit.queued", values, read: () => places.waiting.size },
    { name: "holdfast.limit.places", values, read: () => places.permits },
  ]
}
