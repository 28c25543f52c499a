/**
 * The outcomes that a rate is taken of: a ring of the last calls, or ten slices of the time that has passed.
 */

/** What a window holds, and when it says that the circuit is to open; times in milliseconds. */
export interface WindowSettings {
  /** The size of a window of calls. */
  readonly calls: number | undefined
  /** The length of a window of time. */
  readonly duration: number | undefined
  readonly failureRate: number
  readonly minimumCalls: number
  /** `Infinity` where no call is slow. */
  readonly slowOver: number
  readonly slowRate: number
}

/** A window; the three counts are of what is in it now. */
export interface Window {
  readonly calls: number
  readonly failures: number
  readonly slow: number
  readonly add: (now: number, calls: number, failures: number, slow: number) => void
  /** Drops what is too old at this time. */
  readonly forget: (now: number) => void
  readonly clear: () => void
  /** Adds what is in this window to another, the oldest first. */
  readonly pour: (into: Window) => void
}

/** An empty window. */
export const make = ({ calls, duration }: WindowSettings): Window =>
  calls === undefined ? new Slices(duration!) : new Ring(calls)

/** A window with other settings and the outcomes of this one, where both are of calls or both are of time. */
export const remake = (old: Window | undefined, settings: WindowSettings): Window => {
  const next = make(settings)
  if (old?.constructor === next.constructor) old.pour(next)
  return next
}

/** The last `size` outcomes, one byte each: 1 for a failure, 2 for a slow call. */
class Ring implements Window {
  calls = 0
  failures = 0
  slow = 0
  private readonly outcomes: Uint8Array
  /** Where the next one goes. */
  private at = 0

  constructor(size: number) {
    this.outcomes = new Uint8Array(size)
  }

  add(_now: number, _calls: number, failures: number, slow: number): void {
    const { outcomes } = this
    if (this.calls === outcomes.length) {
      const oldest = outcomes[this.at]!
      this.failures -= oldest & 1
      this.slow -= oldest >> 1
    } else this.calls++
    outcomes[this.at] = failures | (slow << 1)
    this.failures += failures
    this.slow += slow
    this.at = this.at + 1 === outcomes.length ? 0 : this.at + 1
  }

  forget(): void {
    // A call is too old when it is pushed out by another.
  }

  clear(): void {
    this.calls = this.failures = this.slow = this.at = 0
  }

  pour(into: Window): void {
    const { length } = this.outcomes
    for (let n = this.calls; n > 0; n--) {
      const outcome = this.outcomes[(this.at - n + length) % length]!
      into.add(0, 1, outcome & 1, outcome >> 1)
    }
  }
}

/** How many slices a window of time has (Polly's figure): an outcome counts for at least nine tenths of the duration. */
const slices = 10

/** The outcomes of the last ten slices of time. */
class Slices implements Window {
  calls = 0
  failures = 0
  slow = 0
  private readonly width: number
  /** Calls, failures and slow calls of slice `n` are at `3 · (n mod 10)` and after. */
  private readonly counts = new Float64Array(3 * slices)
  /** The number of the newest slice, counted from the epoch; the others are the nine before it. */
  private newest = -Infinity

  constructor(duration: number) {
    this.width = duration / slices
  }

  add(now: number, calls: number, failures: number, slow: number): void {
    this.forget(now)
    this.count(this.newest, calls, failures, slow)
  }

  forget(now: number): void {
    const slice = Math.floor(now / this.width)
    if (slice === this.newest) return
    const passed = slice - this.newest
    // A clock that was set back by more than the window would keep what it holds for as long as it was set back.
    if (passed >= slices || passed <= -slices) this.clear()
    else if (passed < 0) return
    else for (let n = this.newest + 1; n <= slice; n++) this.drop(n)
    this.newest = slice
  }

  clear(): void {
    this.counts.fill(0)
    this.calls = this.failures = this.slow = 0
  }

  pour(into: Window): void {
    if (this.newest === -Infinity) return
    for (let n = this.newest - slices + 1; n <= this.newest; n++) {
      const at = place(n)
      const { counts } = this
      if (counts[at]! > 0) into.add(n * this.width, counts[at]!, counts[at + 1]!, counts[at + 2]!)
    }
  }

  /** Takes the slice that is as old as the window out of it: slice `n` goes where it was. */
  private drop(n: number): void {
    const at = place(n)
    const { counts } = this
    this.count(n, -counts[at]!, -counts[at + 1]!, -counts[at + 2]!)
  }

  private count(n: number, calls: number, failures: number, slow: number): void {
    const at = place(n)
    this.counts[at]! += calls
    this.counts[at + 1]! += failures
    this.counts[at + 2]! += slow
    this.calls += calls
    this.failures += failures
    this.slow += slow
  }
}

const place = (n: number): number => 3 * (((n % slices) + slices) % slices)
