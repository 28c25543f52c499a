/**
 * The options of a throttle and their validation.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName } from "../limits/options.ts"

/** Options that determine when a throttle rejects calls. */
export interface Options {
  /** The name of the throttle in events and errors. Default: `throttle`. */
  readonly name?: string | undefined
  /** The period over which requests are counted, at least 1 s. Default: 2 minutes (Google's SRE book). */
  readonly window?: Duration.Input | undefined
  /**
   * The number of requests to send for each request that the service accepts; must be at least 1. With a value below 2, the
   * throttle rejects more calls. With a value above 2, the throttle lets more failing requests through but detects recovery
   * sooner. Default: 2 (the SRE book's K).
   */
  readonly k?: number | undefined
  /** The minimum number of requests in the window before the throttle rejects calls. Default: 10. */
  readonly minimum?: number | undefined
  /**
   * The maximum probability of a rejection, from 0 to 1. The calls that are still sent reveal when the service has recovered.
   * Default: 0.9.
   */
  readonly maxRejection?: number | undefined
}

// The defaults; the window is in milliseconds. `defaults.ts` has their sources.
export const defaultWindow = 120_000
export const defaultK = 2
export const defaultMinimum = 10
export const defaultMaxRejection = 0.9

/** The validated options. The length of the window is in milliseconds. */
export interface Checked {
  readonly name: string
  readonly window: number
  readonly k: number
  readonly minimum: number
  readonly maxRejection: number
}

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checked = (options: Options): Checked => {
  const read = reader("Throttle")
  read.known(options, { name: true, window: true, k: true, minimum: true, maxRejection: true })
  const { k = defaultK, maxRejection = defaultMaxRejection, minimum = defaultMinimum, window = defaultWindow } = options
  return {
    name: checkedName("Throttle", options.name, "throttle"),
    window: read.millis("window", window, { min: 1000 }),
    k: read.number("k", k, { min: 1 }),
    minimum: read.integer("minimum", minimum, { min: 0 }),
    maxRejection: read.number("maxRejection", maxRejection, { min: 0, max: 1 }),
  }
}
