/**
 * Computes the share of calls that a ramp admits, and the time until a rejected call would be admitted.
 */

/** The share of admitted calls grows linearly from `from` to 1 within `over` milliseconds. */
export interface Ramp {
  readonly over: number
  readonly from: number
}

/** A ramp that admits every call from the start. */
export const none: Ramp = { over: 0, from: 1 }

/** Returns the share of calls that is admitted `elapsed` milliseconds after the start of the ramp. */
export const shareAt = ({ from, over }: Ramp, elapsed: number): number => from + ((1 - from) * elapsed) / over

/** Returns the number of milliseconds, at most `over`, after which the ramp reaches the given share. */
const reaches = ({ from, over }: Ramp, share: number): number =>
  share <= from ? 0 : Math.ceil((over * (share - from)) / (1 - from))

/**
 * Admits the share of calls that a ramp allows. The admitted calls are evenly spaced, are chosen deterministically, and
 * include the first call.
 */
export class Admissions {
  /** The credit accumulated toward the next admission, as a fraction of a call. */
  private credit = 1

  /** Starts a ramp. */
  begin(): void {
    this.credit = 1
  }

  /** Returns whether to admit a call that arrives `elapsed` milliseconds after the start of the ramp. */
  admits(ramp: Ramp, elapsed: number): boolean {
    this.credit += shareAt(ramp, elapsed)
    if (this.credit < 1) return false
    this.credit -= 1
    return true
  }

  /** Returns the number of milliseconds until a call would be admitted if no other call arrived before it. */
  wait(ramp: Ramp, elapsed: number): number {
    return Math.max(reaches(ramp, 1 - this.credit) - elapsed, 1)
  }
}
