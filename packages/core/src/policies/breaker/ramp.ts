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
const reaches = ({ from, over }: Ramp, share: number): number =>
  share <= from ? 0 : Math.ceil((over * (share - from)) / (1 - from))

/** Admits calls in the share of a ramp: evenly and without chance, the first call first. */
export class Admissions {
  /** The part of a call that is owed. */
  private credit = 1

  /** Begins a ramp. */
  begin(): void {
    this.credit = 1
  }

  /** Whether a call is admitted that comes so many milliseconds after the beginning. */
  admits(ramp: Ramp, elapsed: number): boolean {
    this.credit += shareAt(ramp, elapsed)
    if (this.credit < 1) return false
    this.credit -= 1
    return true
  }

  /** In how many milliseconds a call would be admitted, if no other came before it. */
  wait(ramp: Ramp, elapsed: number): number {
    return Math.max(reaches(ramp, 1 - this.credit) - elapsed, 1)
  }
}
