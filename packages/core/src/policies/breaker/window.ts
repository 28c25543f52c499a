/**
 * The outcomes that a rate is taken of: a ring of the last calls, or ten slices of the time that has passed.
 */

/** What a window holds, and when it says that the circuit is to open; times in milliseconds. */
export interface WindowSettings {
  readonly of: "calls" | "duration"
  /** How many calls, or how many milliseconds. */
  readonly size: number
  readonly failureRate: number
  readonly minimumCalls: number
  /** `Infinity` where no call is slow. */
  readonly slowOver: number
  readonly slowRate: number
}

/** A window; the three counts are of what is in it now. */
export interface OutcomeWindow {
  readonly calls: number
  readonly failures: number
  readonly slow: number
  readonly add: (now: number, calls: number, failures: number, slow: number) => void
  /** Drops what is too old at this time. */
  readonly forget: (now: number) => void
  readonly clear: () => void
  /** Adds what is in this window to another, the oldest first. */
  readonly pour: (into: OutcomeWindow) => void
}

/** An empty window. */
export const make = ({ of, size }: WindowSettings): OutcomeWindow =>
  of === "calls" ? new Ring(size) : new Slices(size)

/** A window with other settings and the outcomes of this one, where both are of calls or both are of time. */
export const remake = (old: OutcomeWindow | undefined, settings: WindowSettings): OutcomeWindow => {
  const next = make(settings)
  if (old?.constructor === next.constructor) old.pour(next)
  return next
}

/** The last `size` outcomes, one byte each: 1 for a failure, 2 for a slow call. */
class Ring implements OutcomeWindow {
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
      const oldest = outcomes[this.at] as number
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

  pour(into: OutcomeWindow): void {
    const { length } = this.outcomes
    for (let n = this.calls; n > 0; n--) {
      const outcome = this.outcomes[(this.at - n + length) % length] as number
      into.add(0, 1, outcome & 1, outcome >> 1)
    }
  }
}

/** How many slices a window of time has (Polly's figure): an outcome counts for at least nine tenths of the duration. */
const slices = 10

/** The outcomes of a tenth of the window, and the slice that comes after it; after the newest comes the oldest. */
class Slice {
  calls = 0
  failures = 0
  slow = 0
  next: Slice = this
}

/** The outcomes of the last ten slices of time. */
class Slices implements OutcomeWindow {
  calls = 0
  failures = 0
  slow = 0
  private readonly width: number
  private newest = new Slice()
  /** The index of the newest slice, from the origin of the clock. */
  private number = -Infinity

  constructor(duration: number) {
    this.width = duration / slices
    for (let n = 1; n < slices; n++) {
      const slice = new Slice()
      slice.next = this.newest.next
      this.newest.next = slice
    }
  }

  add(now: number, calls: number, failures: number, slow: number): void {
    this.forget(now)
    this.count(this.newest, calls, failures, slow)
  }

  forget(now: number): void {
    const number = Math.floor(now / this.width)
    const passed = number - this.number
    if (passed === 0) return
    // The newest slice lasts longer when the clock is set back, but not by more than the window.
    if (passed < 0 && passed > -slices) return
    this.number = number
    for (let n = Math.min(Math.abs(passed), slices); n > 0; n--) {
      this.newest = this.newest.next
      this.drop(this.newest)
    }
  }

  clear(): void {
    for (let n = 0; n < slices; n++) {
      this.newest = this.newest.next
      this.drop(this.newest)
    }
  }

  pour(into: OutcomeWindow): void {
    let slice = this.newest
    for (let n = slices - 1; n >= 0; n--) {
      slice = slice.next
      if (slice.calls > 0) into.add((this.number - n) * this.width, slice.calls, slice.failures, slice.slow)
    }
  }

  private drop(slice: Slice): void {
    this.count(slice, -slice.calls, -slice.failures, -slice.slow)
  }

  private count(slice: Slice, calls: number, failures: number, slow: number): void {
    slice.calls += calls
    slice.failures += failures
    slice.slow += slow
    this.calls += calls
    this.failures += failures
    this.slow += slow
  }
}
