/**
 * The options of a bulkhead, and their checks.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"

/** How many calls may run and how many may queue. */
export interface Options {
  /** The name for events and errors. Default: `bulkhead`. */
  readonly name?: string | undefined
  /** How many calls may run at once. */
  readonly permits: number
  /** How many calls may queue for a permit. Default: 0, calls without a permit are rejected. */
  readonly queue?: number | undefined
  /** The longest time that a call may queue; needs `queue`. Default: until the deadline of the call, if it has one. */
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
