/**
 * The options of a bulkhead, and their checks.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"

/** How many calls, and how many that wait. */
export interface Options {
  /** For events and errors. Default: `bulkhead`. */
  readonly name?: string | undefined
  /** How many calls are let through at once. */
  readonly permits: number
  /** How many more may wait for a place. Default: 0, what does not get in at once is refused. */
  readonly queue?: number | undefined
  /** How long a call may wait. Default: no bound but the deadline of the call. Only with a `queue`. */
  readonly maxWait?: Duration.Input | undefined
}

/** Checks the options; throws an `InvalidPolicy`. */
export const checked = (options: Options) => {
  const read = reader("Bulkhead")
  read.known(options, { name: true, permits: true, queue: true, maxWait: true })
  return {
    permits: read.integer("permits", options.permits, { min: 1 }),
    name: checkedName(read, options.name, "bulkhead"),
    room: checkedRoom(read, options),
  }
}
