/**
 * A queue of calls. Calls with the highest priority are served first, and calls with the same priority are served in order of
 * arrival. Each call can have a time limit.
 */
import type * as Effect from "effect/Effect"
import type { Call } from "../../pipeline/engine/call.ts"

/**
 * The maximum number of consecutive permits that can be granted to other calls before the longest-waiting call gets one. The
 * next permit then goes to the longest-waiting call, regardless of its priority.
 *
 * **Details**
 *
 * As a result, the longest-waiting call gets at least every ninth permit. A waiter behind `k` calls that have waited longer
 * gets one of the next `9 · (k + 1)` permits, regardless of how many high-priority calls arrive.
 */
const bypass = 8

/**
 * An empty priority level is kept for reuse only if there are at most this many levels. The bound limits memory use in a
 * program that continually introduces new priorities.
 */
const keptLevels = 8

/** A queued call. */
export class Waiter {
  readonly call: Call
  readonly hold: (at: number) => void
  readonly resume: (effect: Effect.Effect<void, unknown>) => void
  /**
   * The time at which a waiter without a permit is rejected, in monotonic milliseconds, or `Infinity` if the waiter never
   * expires.
   */
  readonly expiresAt: number
  /** The waiter's position in the order of arrival. */
  number = 0
  level: Level | undefined = undefined
  before: Waiter | undefined = undefined
  after: Waiter | undefined = undefined
  /** The waiter's index in the heap of `Expiry`, or -1 if the waiter is not in the heap. */
  slot = -1

  constructor(call: Call, hold: Waiter["hold"], resume: Waiter["resume"], expiresAt: number) {
    this.call = call
    this.hold = hold
    this.resume = resume
    this.expiresAt = expiresAt
  }
}

/** The waiters of one priority in a doubly linked list, which allows an interrupted waiter to leave from any position. */
class Level {
  readonly priority: number
  size = 0
  first: Waiter | undefined = undefined
  last: Waiter | undefined = undefined

  constructor(priority: number) {
    this.priority = priority
  }
}

/** The priority of a call. NaN is treated as the default priority. */
export const priorityOf = (call: Call): number => {
  const priority = call.options.priority ?? 0
  return Number.isNaN(priority) ? 0 : priority
}

/**
 * The waiters, grouped by priority.
 *
 * **Details**
 *
 * The time for adding, taking or removing a waiter does not depend on the number of waiters. The time for adding, taking,
 * removing or counting waiters grows with the number of distinct priorities, which is expected to be small.
 */
export class Waiting {
  size = 0
  /** The priority levels, in descending order. */
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

  /** Removes a waiter, or returns false if the waiter has already been removed. */
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

  /** Removes and returns the next waiter. */
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
    // After the reset above, `passed` is 0 exactly when the oldest waiter is next.
    const next = this.passed === 0 ? (oldest as Waiter) : best
    this.remove(next)
    return next
  }

  /**
   * The waiter that a call with a higher priority can displace. Of the waiters with the lowest priority, the one that arrived
   * last can be displaced.
   */
  least(): { readonly waiter: Waiter; readonly priority: number } | undefined {
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const { last, priority } = this.levels[index] as Level
      if (last !== undefined) return { waiter: last, priority }
    }
    return undefined
  }

  /** The number of waiters that would be served before a new call with this priority. */
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
