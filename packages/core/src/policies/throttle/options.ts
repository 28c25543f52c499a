/**
 * The options of a throttle, and their checks.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName } from "../limits/options.ts"

/** When calls are rejected. */
export interface Options {
  /** The name for events and errors. Default: `throttle`. */
  readonly name?: string | undefined
  /** How far back requests are counted; at least 1 s. Default: 2 minutes (Google's SRE book). */
  readonly window?: Duration.Input | undefined
  /**
   * How many requests are sent for each one that is accepted; at least 1. Below 2 the throttle rejects more; above 2 it sends
   * more requests that fail but detects recovery sooner. Default: 2 (the SRE book's K).
   */
  readonly k?: number | undefined
  /** With fewer requests in the window nothing is rejected. Default: 10. */
  readonly minimum?: number | undefined
  /**
   * The highest probability of a rejection, from 0 to 1. The remaining calls detect that the service has recovered. Default:
   * 0.9.
   */
  readonly maxRejection?: number | undefined
}

// The defaults; the window is in milliseconds. `defaults.ts` has their sources.
export const defaultWindow = 120_000
export const defaultK = 2
export const defaultMinimum = 10
export const defaultMaxRejection = 0.9

/** The checked options; the window is in milliseconds. */
export interface Checked {
  readonly name: string
  readonly window: number
  readonly k: number
  readonly minimum: number
  readonly maxRejection: number
}

/** Checks the options; throws an `InvalidPolicy`. */
export const checked = (options: Options): Checked => {
  const read = reader("Throttle")
  read.known(options, { name: true, window: true, k: true, minimum: true, maxRejection: true })
  const { k = defaultK, maxRejection = defaultMaxRejection, minimum = defaultMinimum, window = defaultWindow } = options
  return {
    name: checkedName(read, options.name, "throttle"),
    window: read.millis("window", window, { min: 1000 }),
    k: read.number("k", k, { min: 1 }),
    minimum: read.integer("minimum", minimum, { min: 0 }),
    maxRejection: read.number("maxRejection", maxRejection, { min: 0, max: 1 }),
  }
}
