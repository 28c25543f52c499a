/**
 * The arithmetic of a ramp: which share of the calls is admitted, and when a call that was not would be.
 */

/** From the share `from` to every call over `over` milliseconds, in a straight line. */
export interface Ramp {
  readonly over: number
  readonly from: number
}

/** Every call from the beginning. */
export const none: Ramp = { over: 0, from: 1 }

/** The share that is admitted `elapsed` milliseconds after the beginning. */
export const shareAt = ({ from, over }: Ramp, elapsed: number): number => from + ((1 - from) * elapsed) / over

/** The milliseconds after the beginning at which the share is reached; not above `over`. */
export const reaches = ({ from, over }: Ramp, share: number): number =>
  share <= from ? 0 : Math.ceil((over * (share - from)) / (1 - from))
