/**
 * The defaults of a bulkhead, each with its source.
 */
import { required, type Table } from "../defaults.ts"
import { queue } from "../limits/defaults.ts"

export const table: Table = {
  least: { bulkhead: { permits: 4 } },
  options: [{ path: "bulkhead.permits", meaning: "calls at once", source: required }, ...queue("bulkhead")],
}
