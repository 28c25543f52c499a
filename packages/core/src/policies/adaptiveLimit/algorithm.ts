/**
 * The interface of the algorithms that adjust a limit according to the outcomes of calls.
 */

/** The bounds of an adaptive limit. */
export interface Bounds {
  readonly min: number
  readonly max: number
  /** The latency, in milliseconds, above which the service is considered unhealthy; `Infinity` if none is set. */
  readonly maxHealthy: number
  /** The maximum ratio of the baseline to the latency without queueing at the service. */
  readonly maxDrift: number
}

/** An algorithm that adjusts the limit. Times are in milliseconds. */
export interface Algorithm {
  /** The limit, including its fractional part. */
  limit: number
  /** The latency that is considered normal; `undefined` if unknown. */
  readonly baseline: number | undefined
  /** Returns how much of the limit may currently be used. */
  readonly allowed: (bounds: Bounds) => number
  /** Records a successful call; `inFlight` includes this call. */
  readonly succeeded: (bounds: Bounds, latency: number, inFlight: number, now: number) => void
  /** Records that the service reported an overload or did not respond in time. */
  readonly dropped: (bounds: Bounds, sentAt: number, now: number) => void
}

/** Clamps the limit to its bounds. */
export const clamp = (limit: number, { max, min }: Bounds): number => Math.min(Math.max(limit, min), max)

/**
 * The factor by which a drop multiplies the limit (Netflix's AIMD: 0.9).
 */
const decrease = 0.9

/**
 * Lowers a limit, but ignores a drop if its call was sent before the limit was last lowered. Calls that are in flight at the
 * same time encounter the same overload. If each of a hundred calls lowered the limit, the limit would fall to almost
 * nothing.
 */
export class Drops {
  private lowered = -Infinity

  lower(limit: number, bounds: Bounds, sentAt: number, now: number): number {
    if (sentAt < this.lowered) return limit
    this.lowered = now
    return clamp(limit * decrease, bounds)
  }
}
