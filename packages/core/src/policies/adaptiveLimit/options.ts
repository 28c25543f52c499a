/**
 * The options of an adaptive limit, and their checks.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"
import type { Bounds } from "./algorithm.ts"

/** The algorithm of the limit and its bounds. */
export interface Options {
  /** The name for events and errors. Default: `adaptive limit`. */
  readonly name?: string | undefined
  /**
   * `gradient` compares latency with its normal value and so acts before any call fails. `aimd` acts on drops: it adds one
   * after a round without a drop and takes off a tenth after a round with one. Default: `gradient`.
   */
  readonly algorithm?: "gradient" | "aimd" | undefined
  /** The lowest limit. Default: 1. */
  readonly min?: number | undefined
  /** The highest limit. Default: 200 (Netflix's figure). */
  readonly max?: number | undefined
  /** The first limit. Default: 20 (Netflix's figure), clamped to `min` and `max`. */
  readonly initial?: number | undefined
  /**
   * The latency above which the service is considered unhealthy, however long it has lasted. The baseline of `gradient` stays
   * below it, and `aimd` counts a slower call as a drop. Default: none.
   */
  readonly maxHealthy?: Duration.Input | undefined
  /**
   * How far the baseline of `gradient` may rise above the latency without queueing at the service, as a factor >= 1. Default:
   * 1.2.
   */
  readonly maxDrift?: number | undefined
  /** How many calls may queue for a permit. Default: 0, calls over the limit are rejected. */
  readonly queue?: number | undefined
  /** The longest time that a call may queue; needs `queue`. Default: until the deadline of the call, if it has one. */
  readonly maxWait?: Duration.Input | undefined
}

// The defaults; `defaults.ts` has their sources.
export const defaultAlgorithm = "gradient"
export const defaultMin = 1
export const defaultMax = 200
export const defaultInitial = 20
export const defaultMaxDrift = 1.2

/** Checks the options; throws an `InvalidPolicy`. */
export const checked = (options: Options) => {
  const read = reader("AdaptiveLimit")
  read.known(options, {
    name: true,
    algorithm: true,
    min: true,
    max: true,
    initial: true,
    maxHealthy: true,
    maxDrift: true,
    queue: true,
    maxWait: true,
  })
  const {
    algorithm = defaultAlgorithm,
    max = defaultMax,
    maxDrift = defaultMaxDrift,
    maxHealthy,
    min = defaultMin,
  } = options
  read.integer("min", min, { min: 1 })
  read.integer("max", max, { min })
  const initial = options.initial ?? Math.min(Math.max(defaultInitial, min), max)
  const bounds: Bounds = {
    min,
    max,
    maxDrift: read.number("maxDrift", maxDrift, { min: 1 }),
    maxHealthy: maxHealthy === undefined ? Infinity : read.millis("maxHealthy", maxHealthy, { min: 0, above: true }),
  }
  return {
    name: checkedName(read, options.name, "adaptive limit"),
    algorithm: read.oneOf("algorithm", algorithm, ["gradient", "aimd"]),
    initial: read.integer("initial", initial, { min, max }),
    bounds,
    room: checkedRoom(read, options),
  }
}
