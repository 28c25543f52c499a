/**
 * The interface of the algorithms that adjust a limit by the outcomes of calls.
 */

/** The bounds of an adaptive limit. */
export interface Bounds {
  readonly min: number
  readonly max: number
  /** The latency, in milliseconds, above which the service is considered unhealthy; `Infinity` if none is set. */
  readonly maxHealthy: number
  /** How far the baseline may rise above the latency without queueing at the service, as a factor. */
  readonly maxDrift: number
}

/** An algorithm that adjusts the limit. Times are in milliseconds. */
export interface Algorithm {
  /** The limit, including its fraction. */
  limit: number
  /** The latency that is considered normal; `undefined` if unknown. */
  readonly baseline: number | undefined
  /** How much of the limit may be used now. */
  readonly allowed: (bounds: Bounds) => number
  /** Records a success; `inFlight` includes this call. */
  readonly succeeded: (bounds: Bounds, latency: number, inFlight: number, now: number) => void
  /** Records that the service asked for less or did not respond in time. */
  readonly dropped: (bounds: Bounds, sentAt: number, now: number) => void
}

/** The limit within its bounds. */
export const clamp = (limit: number, { max, min }: Bounds): number => Math.min(Math.max(limit, min), max)

/**
 * The factor of a limit after a drop (Netflix's AIMD: 0.9).
 */
const decrease = 0.9

/**
 * Lowers a limit once for all calls that were in flight when it was last lowered. They met the same overload: lowering it for
 * each of a hundred would leave nothing.
 */
export class Drops {
  private lowered = -Infinity

  lower(limit: number, bounds: Bounds, sentAt: number, now: number): number {
    if (sentAt < this.lowered) return limit
    this.lowered = now
    return clamp(limit * decrease, bounds)
  }
}
