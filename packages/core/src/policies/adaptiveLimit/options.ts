/**
 * The options of an adaptive limit, and their checks.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { checkedName, checkedRoom } from "../limits/options.ts"
import type { Bounds } from "./algorithm.ts"

/** How the limit is found, and within what. */
export interface Options {
  /** For events and errors. Default: `adaptive limit`. */
  readonly name?: string | undefined
  /**
   * `gradient` goes by how much longer than normal calls take, and so acts before any of them fails. `aimd` goes by
   * drops: one more for each round without, a tenth less for one with. Default: `gradient`.
   */
  readonly algorithm?: "gradient" | "aimd" | undefined
  /** The lowest limit. Default: 1. */
  readonly min?: number | undefined
  /** The highest limit. Default: 200 (Netflix's figure). */
  readonly max?: number | undefined
  /** The first limit. Default: 20 (Netflix's figure), or what is nearest to it between `min` and `max`. */
  readonly initial?: number | undefined
  /**
   * The latency above which the service is not well, however long it has been so: the baseline of `gradient` stays below
   * it, and to `aimd` a call that takes longer is a drop. Default: none.
   */
  readonly maxHealthy?: Duration.Input | undefined
  /** How far the baseline of `gradient` may rise above the latency without a queue at the service; from 1. Default: 1.2. */
  readonly maxDrift?: number | undefined
  /** How many more may wait for a place. Default: 0, what is over the limit is refused. */
  readonly queue?: number | undefined
  /** How long a call may wait. Default: no bound but the deadline of the call. Only with a `queue`. */
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
