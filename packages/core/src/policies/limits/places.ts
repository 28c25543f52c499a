/**
 * So many calls at once and so many waiting: what the bulkhead and the adaptive limit share.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Call } from "../../pipeline/engine/call.ts"
import { Expiry } from "./expiry.ts"
import { priorityOf, Waiter, Waiting } from "./waiting.ts"

/**
 * Why there is no place.
 *
 * **Details**
 *
 * `full`: all places are taken, and so is the queue. `tooLate`: the deadline would pass, or has passed, before the turn
 * of the call. `maxWait`: it has waited as long as the limit lets a call wait. `displaced`: it gave its place in the
 * queue to a call of a higher priority.
 */
export type Reason = "full" | "tooLate" | "maxWait" | "displaced"

/** The mean time that a place is taken after one more call, which has a weight of 0.1: about the last twenty count. */
const mean = (before: number, held: number): number => before + 0.1 * (held - before)

/**
 * How long the mean is taken for true after it was last measured: twice the mean, and a second at least. While all places
 * are taken and calls take as long as before, one ends more often than that.
 */
const freshFor = (mean: number): number => Math.max(2 * mean, 1000)

/** How long may be waited, and by how many. */
export interface Room {
  readonly queue: number
  /** In milliseconds; `Infinity` for no bound. */
  readonly maxWait: number
}

/** Places and a queue. A place is never free while a call waits. */
export class Places {
  inFlight = 0
  permits: number
  room: Room
  readonly waiting = new Waiting()
  /** The mean time that a call holds its permit, in milliseconds; -1 before the first call has ended. */
  private service = -1
  /** When the mean was last measured, in monotonic milliseconds; `-Infinity` if calls have ended unmeasured since. */
  private measuredAt = -Infinity
  private readonly expiry: Expiry
  private readonly refusal: (reason: Reason, expectedWait: number | undefined) => Classified

  /** `refusal` makes the error of a call that gets no place; `expectedWait` is in milliseconds. */
  constructor(permits: number, room: Room, refusal: (reason: Reason, expectedWait: number | undefined) => Classified) {
    this.permits = permits
    this.room = room
    this.refusal = refusal
    this.expiry = new Expiry((waiter) => {
      this.waiting.remove(waiter)
      this.expire(waiter)
    })
  }

  /** Takes a place if one is free. */
  enter(): boolean {
    if (this.inFlight >= this.permits) return false
    this.inFlight++
    return true
  }

  /**
   * For a call that found no place: waits for one, or fails where waiting is useless. Looks again when the effect runs,
   * because the fiber may have been suspended since, and a place have become free.
   */
  wait(call: Call, since: number, hold: (at: number) => void): Effect.Effect<void, unknown> {
    const refused = this.hopeless(call, since)
    if (refused !== undefined) return Effect.fail(refused)
    return Effect.callback<void, unknown>((resume) => {
      const now = call.now()
      if (this.enter()) {
        hold(now)
        return resume(Effect.void)
      }
      const refused = this.hopeless(call, now)
      if (refused !== undefined) return resume(Effect.fail(refused))
      if (this.waiting.size >= this.room.queue) this.displace()
      const waiter = new Waiter(call, hold, resume, Math.min(now + this.room.maxWait, call.deadline))
      this.waiting.add(waiter, priorityOf(call))
      this.expiry.add(waiter, now)
      return Effect.sync(() => this.leave(waiter))
    })
  }

  /** Whether less than half of the places are taken, and it is known how long calls take. */
  get slack(): boolean {
    return this.inFlight * 2 < this.permits && this.service >= 0
  }

  /**
   * Releases a permit, or hands it to the next waiter. `held` is how long the call had it, in milliseconds, or `undefined`
   * if the clock was not read; then the duration of calls is unknown until the next measurement.
   */
  release(held: number | undefined, now: number): void {
    if (held === undefined) this.measuredAt = -Infinity
    // NaN if the call entered without reading the clock.
    else if (held >= 0) {
      this.service = this.fresh(now) ? mean(this.service, held) : held
      this.measuredAt = now
    }
    this.inFlight--
    if (this.waiting.size > 0) this.admit()
  }

  /** More places are for those who wait; with fewer, the calls that have one keep it to their end. */
  resize(permits: number): void {
    this.permits = permits
    this.admit()
  }

  /**
   * The time, in milliseconds, that a call of this priority would expect to wait: one place becomes free every
   * `service / permits`. 0 without a recent measurement: no call is rejected because of outdated durations.
   */
  expectedWait(priority: number, now: number): number {
    if (!this.fresh(now)) return 0
    const excess = Math.max(this.inFlight - this.permits, 0)
    return ((this.waiting.ahead(priority) + excess + 1) * this.service) / this.permits
  }

  private fresh(now: number): boolean {
    return now - this.measuredAt <= freshFor(this.service)
  }

  /** The error of a call that may not wait, or that would miss its deadline. */
  private hopeless(call: Call, now: number): unknown {
    const priority = priorityOf(call)
    const expected = this.expectedWait(priority, now)
    const { queue } = this.room
    if (this.waiting.size >= queue) {
      const least = queue === 0 ? undefined : this.waiting.least()
      if (least === undefined || least.priority >= priority) return this.refusal("full", known(expected))
    }
    // A deadline that is now has passed, whatever is expected.
    const late = call.deadline <= now || now + expected > call.deadline
    return late ? this.refusal("tooLate", known(expected)) : undefined
  }

  private displace(): void {
    const least = this.waiting.least()
    if (least === undefined) return
    this.leave(least.waiter)
    this.refuse(least.waiter, "displaced")
  }

  private admit(): void {
    while (this.inFlight < this.permits) {
      const waiter = this.waiting.take()
      if (waiter === undefined) return
      this.expiry.remove(waiter)
      const now = waiter.call.now()
      if (waiter.expiresAt <= now) {
        this.expire(waiter)
      } else {
        this.inFlight++
        waiter.hold(now)
        settle(waiter, Effect.void)
      }
    }
  }

  private leave(waiter: Waiter): void {
    if (this.waiting.remove(waiter)) this.expiry.remove(waiter)
  }

  private expire(waiter: Waiter): void {
    this.refuse(waiter, waiter.expiresAt === waiter.call.deadline ? "tooLate" : "maxWait")
  }

  private refuse(waiter: Waiter, reason: Reason): void {
    const { call } = waiter
    const error = this.refusal(reason, known(this.expectedWait(priorityOf(call), call.now())))
    // Recorded here, because a timer may fire up to a millisecond early, before the deadline has passed by the clock.
    if (reason === "tooLate") call.expire(error)
    settle(waiter, Effect.fail(error))
  }
}

/**
 * Wakes a waiter, but not now: its fiber would run within this one, and if its call ended at once, wake the next one
 * within its own, as deep as the queue is long.
 */
const settle = (waiter: Waiter, effect: Effect.Effect<void, unknown>): void =>
  waiter.call.fiber.currentDispatcher.scheduleTask(() => waiter.resume(effect), 0)

/** Before the first call has ended nothing is known, and nothing is said. */
const known = (expectedWait: number): number | undefined => (expectedWait > 0 ? expectedWait : undefined)
