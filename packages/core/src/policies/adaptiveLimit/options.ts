/**
 * Defines and validates the options of an adaptive limit.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"
import type { Bounds } from "./algorithm.ts"

/** The options of an adaptive limit: its name, its algorithm, its bounds and its queue. */
export interface Options {
  /** The name used in events and errors. Default: `adaptive limit`. */
  readonly name?: string | undefined
  /**
   * `gradient` compares the latency with its normal value, so it reacts before any call fails. `aimd` reacts to drops: it
   * adds one to the limit after a round without a drop, and lowers the limit by a tenth after a round with a drop. Default:
   * `gradient`.
   */
  readonly algorithm?: "gradient" | "aimd" | undefined
  /** The lowest limit. Default: 1. */
  readonly min?: number | undefined
  /** The highest limit. Default: 200 (Netflix's figure). */
  readonly max?: number | undefined
  /** The first limit. Default: 20 (Netflix's figure), clamped to `min` and `max`. */
  readonly initial?: number | undefined
  /**
   * The latency above which the service is considered unhealthy, no matter how long the service has been this slow. The
   * baseline of `gradient` does not exceed this latency, and `aimd` counts a slower call as a drop. Default: none.
   */
  readonly maxHealthy?: Duration.Input | undefined
  /**
   * The maximum ratio (>= 1) of the baseline of `gradient` to the latency without queueing at the service. Default: 1.2.
   */
  readonly maxDrift?: number | undefined
  /**
   * The maximum number of calls that may queue for a permit. Default: 0, which means that calls over the limit are rejected.
   */
  readonly queue?: number | undefined
  /**
   * The maximum time that a call may queue; requires `queue`. Default: a call may queue until its deadline, or indefinitely
   * if it has no deadline.
   */
  readonly maxWait?: Duration.Input | undefined
}

// The defaults; `defaults.ts` has their sources.
export const defaultAlgorithm = "gradient"
export const defaultMin = 1
export const defaultMax = 200
export const defaultInitial = 20
export const defaultMaxDrift = 1.2

/** Checks the options; throws an `InvalidPolicy` if an option is invalid. */
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
    name: checkedName("AdaptiveLimit", options.name, "adaptive limit"),
    algorithm: read.oneOf("algorithm", algorithm, ["gradient", "aimd"]),
    initial: read.integer("initial", initial, { min, max }),
    bounds,
    room: checkedRoom("AdaptiveLimit", options),
  }
}
