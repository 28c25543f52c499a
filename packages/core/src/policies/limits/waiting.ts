/**
 * Calls that wait for a place: higher priority first, then the longest waiting, and each with a limit.
 */
import type * as Effect from "effect/Effect"
import type { Call } from "../../pipeline/engine/call.ts"

/**
 * How many places in a row may go to waiters that came later than the one who has waited longest; the next is for that
 * one, whatever its priority.
 *
 * **Details**
 *
 * So the longest waiting call gets at least every ninth place, and a waiter with `k` longer waiting ones before it has
 * its place after at most `9 · (k + 1)` places, however many important calls arrive.
 */
const bypass = 8

/** Empty priorities that are kept for the next waiter; a program that invents priorities must not leave them all here. */
const keptLevels = 8

/** A call that waits. */
export class Waiter {
  readonly call: Call
  readonly hold: (at: number) => void
  readonly resume: (effect: Effect.Effect<void, unknown>) => void
  /** When the waiter is rejected for lack of a permit, in monotonic milliseconds; `Infinity` for never. */
  readonly expiresAt: number
  /** The order of arrival. */
  number = 0
  level: Level | undefined = undefined
  before: Waiter | undefined = undefined
  after: Waiter | undefined = undefined
  /** Where it is in the heap of `Expiry`; -1 for nowhere. */
  slot = -1

  constructor(call: Call, hold: Waiter["hold"], resume: Waiter["resume"], expiresAt: number) {
    this.call = call
    this.hold = hold
    this.resume = resume
    this.expiresAt = expiresAt
  }
}

/** The waiters of one priority, in a list linked both ways: an interrupted one leaves it from wherever it is. */
class Level {
  readonly priority: number
  size = 0
  first: Waiter | undefined = undefined
  last: Waiter | undefined = undefined

  constructor(priority: number) {
    this.priority = priority
  }
}

/** The priority of a call; what is no number is no priority. */
export const priorityOf = (call: Call): number => {
  const priority = call.options.priority ?? 0
  return Number.isNaN(priority) ? 0 : priority
}

/**
 * The waiters.
 *
 * **Details**
 *
 * Adding, taking and removing cost the same however many wait; they, and counting, grow with the number of different
 * priorities, which are thought to be few.
 */
export class Waiting {
  size = 0
  /** The highest priority first. */
  private readonly levels: Array<Level> = []
  private arrivals = 0
  private passed = 0

  add(waiter: Waiter, priority: number): void {
    const level = this.levelOf(priority)
    waiter.number = this.arrivals++
    waiter.level = level
    waiter.before = level.last
    if (level.last === undefined) level.first = waiter
    else level.last.after = waiter
    level.last = waiter
    level.size++
    this.size++
  }

  /** Takes a waiter out; false if it was not in any more. */
  remove(waiter: Waiter): boolean {
    const { after, before, level } = waiter
    if (level === undefined) return false
    if (before === undefined) level.first = after
    else before.after = after
    if (after === undefined) level.last = before
    else after.before = before
    waiter.level = waiter.before = waiter.after = undefined
    level.size--
    this.size--
    if (level.size === 0 && this.levels.length > keptLevels) this.levels.splice(this.levels.indexOf(level), 1)
    return true
  }

  /** Takes out the waiter whose turn it is. */
  take(): Waiter | undefined {
    let best: Waiter | undefined
    let oldest: Waiter | undefined
    for (const { first } of this.levels) {
      if (first === undefined) continue
      best ??= first
      if (oldest === undefined || first.number < oldest.number) oldest = first
    }
    if (best === undefined) return undefined
    this.passed = best === oldest || this.passed === bypass ? 0 : this.passed + 1
    // After the reset above, `passed` is 0 exactly when it is the turn of the oldest.
    const next = this.passed === 0 ? (oldest as Waiter) : best
    this.remove(next)
    return next
  }

  /** The waiter that a more important call may displace: the last to come among the least important. */
  least(): { readonly waiter: Waiter; readonly priority: number } | undefined {
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const { last, priority } = this.levels[index] as Level
      if (last !== undefined) return { waiter: last, priority }
    }
    return undefined
  }

  /** How many would have their turn before a call of this priority that came now. */
  ahead(priority: number): number {
    let count = 0
    for (const level of this.levels) {
      if (level.priority < priority) break
      count += level.size
    }
    return count
  }

  private levelOf(priority: number): Level {
    const { levels } = this
    let low = 0
    let high = levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((levels[middle] as Level).priority > priority) low = middle + 1
      else high = middle
    }
    const found = levels[low]
    if (found?.priority === priority) return found
    const level = new Level(priority)
    levels.splice(low, 0, level)
    return level
  }
}
