/**
 * Stores the outcomes from which a rate is computed, either in a ring buffer of the last calls or in ten slices of elapsed
 * time.
 */

/** Defines what a window covers and when it opens the circuit. All times are in milliseconds. */
export interface WindowSettings {
  readonly of: "calls" | "duration"
  /** The size of the window, in calls or in milliseconds. */
  readonly size: number
  readonly failureRate: number
  readonly minimumCalls: number
  /** The value is `Infinity` if no call counts as slow. */
  readonly slowOver: number
  readonly slowRate: number
}

/** A window. The three counts describe the current contents of the window. */
export interface OutcomeWindow {
  readonly calls: number
  readonly failures: number
  readonly slow: number
  readonly add: (now: number, calls: number, failures: number, slow: number) => void
  /** Drops outcomes that are too old at the given time. */
  readonly forget: (now: number) => void
  readonly clear: () => void
  /** Adds the contents of this window to another window, starting with the oldest outcomes. */
  readonly pour: (into: OutcomeWindow) => void
}

/** An empty window. */
export const make = ({ of, size }: WindowSettings): OutcomeWindow =>
  of === "calls" ? new Ring(size) : new Slices(size)

/**
 * Builds a window with new settings. The new window keeps the outcomes of the old window if both windows count calls or both
 * cover a duration.
 */
export const remake = (old: OutcomeWindow | undefined, settings: WindowSettings): OutcomeWindow => {
  const next = make(settings)
  if (old?.constructor === next.constructor) old.pour(next)
  return next
}

/**
 * Stores the last `size` outcomes, one byte each. The value 1 marks a failure, 2 marks a slow call, and 3 marks a call that
 * was both.
 */
class Ring implements OutcomeWindow {
  calls = 0
  failures = 0
  slow = 0
  private readonly outcomes: Uint8Array
  /** The index at which the next outcome is stored. */
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
    // A call leaves the window when another pushes it out.
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

/**
 * The number of slices in a time window, which is the same as in Polly. Each outcome is counted for at least nine tenths of
 * the window's duration.
 */
const slices = 10

/**
 * Counts the outcomes in one tenth of the window. The slices form a ring, in which the newest slice is followed by the
 * oldest.
 */
class Slice {
  calls = 0
  failures = 0
  slow = 0
  next: Slice = this
}

/** Stores the outcomes of the last ten slices of time. */
class Slices implements OutcomeWindow {
  calls = 0
  failures = 0
  slow = 0
  private readonly width: number
  private newest = new Slice()
  /** The index of the newest slice, counted from the origin of the clock. */
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
    // If the clock is set back, the newest slice lasts longer, but at most by the length of the window.
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
