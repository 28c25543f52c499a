/**
 * The arithmetic of a ramp: the share of calls that is admitted, and when a rejected call would be admitted.
 */

/** Grows linearly from the share `from` to all calls within `over` milliseconds. */
export interface Ramp {
  readonly over: number
  readonly from: number
}

/** Admits every call from the start. */
export const none: Ramp = { over: 0, from: 1 }

/** The share that is admitted `elapsed` milliseconds after the start. */
export const shareAt = ({ from, over }: Ramp, elapsed: number): number => from + ((1 - from) * elapsed) / over

/** How many milliseconds after the start the share is reached; at most `over`. */
const reaches = ({ from, over }: Ramp, share: number): number =>
  share <= from ? 0 : Math.ceil((over * (share - from)) / (1 - from))

/** Admits the share of calls that a ramp allows: evenly spaced, deterministic, and starting with the first call. */
export class Admissions {
  /** The accumulated fraction of the next admission. */
  private credit = 1

  /** Starts a ramp. */
  begin(): void {
    this.credit = 1
  }

  /** Whether a call that arrives `elapsed` milliseconds after the start is admitted. */
  admits(ramp: Ramp, elapsed: number): boolean {
    this.credit += shareAt(ramp, elapsed)
    if (this.credit < 1) return false
    this.credit -= 1
    return true
  }

  /** In how many milliseconds a call would be admitted if no other arrived before it. */
  wait(ramp: Ramp, elapsed: number): number {
    return Math.max(reaches(ramp, 1 - this.credit) - elapsed, 1)
  }
}
