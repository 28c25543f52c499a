/**
 * The default values of a bulkhead's options, each with its source.
 */
import { required, type Table } from "../defaults.ts"
import { queue } from "../limits/defaults.ts"

export const table: Table = {
  least: { bulkhead: { permits: 4 } },
  options: [
    { path: "bulkhead.permits", unit: "calls", meaning: "how many calls may run at once", source: required },
    ...queue("bulkhead"),
  ],
}
