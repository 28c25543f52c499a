/**
 * The options of a bulkhead, with their validation.
 */
import type * as Duration from "effect/Duration"
import * as Option from "../../pipeline/options/option.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"

/** The options that limit how many calls run and how many wait in the queue. */
export interface Options {
  /** The name that appears in events and errors. Default: `bulkhead`. */
  readonly name?: string | undefined
  /** The maximum number of calls that run at the same time. */
  readonly permits: number
  /**
   * The maximum number of calls that wait in the queue for a permit. Default: 0, which means that a call is rejected if no
   * permit is free.
   */
  readonly queue?: number | undefined
  /**
   * The maximum time that a call waits in the queue. This option requires `queue`. Default: a call waits until its deadline,
   * if it has one.
   */
  readonly maxWait?: Duration.Input | undefined
}

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checked = (options: Options) => {
  Option.known("Bulkhead", options, { name: true, permits: true, queue: true, maxWait: true })
  return {
    permits: Option.integer("Bulkhead", "permits", options.permits, { min: 1 }),
    name: checkedName("Bulkhead", options.name, "bulkhead"),
    room: checkedRoom("Bulkhead", options),
  }
}
