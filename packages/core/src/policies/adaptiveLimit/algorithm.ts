/**
 * The algorithm of a limit: it moves the limit by the outcomes of calls.
 */

/** How a limit may move. */
export interface Bounds {
  readonly min: number
  readonly max: number
  /** The latency, in milliseconds, above which the service is not well; `Infinity` where none is known. */
  readonly maxHealthy: number
  /** How far the baseline may rise above the latency without a queue at the service, as a factor. */
  readonly maxDrift: number
}

/** What moves the limit. Times are in milliseconds. */
export interface Algorithm {
  /** The limit, with its fraction. */
  limit: number
  /** The latency that is taken for normal; `undefined` for none. */
  readonly baseline: number | undefined
  /** What of the limit is let through now. */
  readonly allowed: (bounds: Bounds) => number
  /** A call succeeded; `inFlight` counts it too. */
  readonly succeeded: (bounds: Bounds, latency: number, inFlight: number, now: number) => void
  /** The service asked for less, or did not answer in time. */
  readonly dropped: (bounds: Bounds, sentAt: number, now: number) => void
}

/** The limit within its bounds. */
export const clamp = (limit: number, { max, min }: Bounds): number => Math.min(Math.max(limit, min), max)

/**
 * The factor of a limit after a drop (Netflix's AIMD: 0.9).
 */
const decrease = 0.9

/**
 * Lowers a limit once for all the calls that were on their way when it was last lowered: they met the same overload, and
 * a hundred of them would leave nothing of it.
 */
export class Drops {
  private lowered = -Infinity

  lower(limit: number, bounds: Bounds, sentAt: number, now: number): number {
    if (sentAt < this.lowered) return limit
    this.lowered = now
    return clamp(limit * decrease, bounds)
  }
}
