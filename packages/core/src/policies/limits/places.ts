/**
 * Permits with a queue, used by both the bulkhead and the adaptive limit.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Call } from "../../pipeline/engine/call.ts"
import { Expiry } from "./expiry.ts"
import { priorityOf, Waiter, Waiting } from "./waiting.ts"

/**
 * The reason why a call does not get a permit.
 *
 * **Details**
 *
 * `full`: all permits are in use and the queue is full. `tooLate`: the deadline has passed, or would pass before the call
 * gets a permit. `maxWait`: the call has queued for the maximum time that the limit allows. `displaced`: a call with a higher
 * priority took the slot of this call in the queue.
 */
export type Reason = "full" | "tooLate" | "maxWait" | "displaced"

/**
 * Updates the mean time for which a permit is held. A new call has a weight of 0.1, so the mean reflects about the last
 * twenty calls.
 */
const mean = (before: number, held: number): number => before + 0.1 * (held - before)

/**
 * How long the mean remains valid after its last update: twice the mean, but at least one second. While all permits are in
 * use and durations do not change, calls end often enough to keep the mean valid.
 */
const freshFor = (mean: number): number => Math.max(2 * mean, 1000)

/** The limits of a queue: its length and its maximum wait. */
export interface Room {
  readonly queue: number
  /** The maximum wait in milliseconds, or `Infinity` if the wait is unbounded. */
  readonly maxWait: number
}

/** Permits and a queue. While a call is waiting, all permits are in use. */
export class Places {
  inFlight = 0
  permits: number
  room: Room
  readonly waiting = new Waiting()
  /** The mean time for which a call holds its permit, in milliseconds, or -1 until the first call has ended. */
  private service = -1
  /**
   * When the mean was last updated, in monotonic milliseconds, or `-Infinity` if a later call ended without being measured.
   */
  private measuredAt = -Infinity
  private ownExpiry: Expiry | undefined = undefined
  private readonly refusal: (reason: Reason, expectedWait: number | undefined) => Classified

  /** `refusal` creates the error for a call that does not get a permit. `expectedWait` is in milliseconds. */
  constructor(permits: number, room: Room, refusal: (reason: Reason, expectedWait: number | undefined) => Classified) {
    this.permits = permits
    this.room = room
    this.refusal = refusal
  }

  /** Created for the first call that waits, because many limits have no queue. */
  private get expiry(): Expiry {
    return (this.ownExpiry ??= new Expiry((waiter) => {
      this.waiting.remove(waiter)
      this.expire(waiter)
    }))
  }

  /** Acquires a permit if one is free. */
  enter(): boolean {
    if (this.inFlight >= this.permits) return false
    this.inFlight++
    return true
  }

  /**
   * Waits for a permit on behalf of a call that did not get one immediately, or fails if the call cannot wait in the queue or
   * would miss its deadline. The check is repeated when the effect runs, because a permit may have been released while the
   * fiber was suspended.
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

  /** Whether fewer than half of the permits are in use and the duration of calls is known. */
  get slack(): boolean {
    return this.inFlight * 2 < this.permits && this.service >= 0
  }

  /**
   * Releases a permit or passes it to the next waiter. `held` is the time for which the call held the permit, in
   * milliseconds, or `undefined` if the clock was not read. If `held` is `undefined`, the duration of calls is unknown until
   * the next measurement.
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

  /**
   * If the number of permits increases, waiting calls are admitted. If the number of permits decreases, calls in flight keep
   * their permits until they end.
   */
  resize(permits: number): void {
    this.permits = permits
    this.admit()
  }

  /**
   * The time, in milliseconds, that a call with this priority should expect to wait. A permit is released every
   * `service / permits` milliseconds. Returns 0 if no recent measurement is available, so that outdated durations do not
   * cause rejections.
   */
  expectedWait(priority: number, now: number): number {
    if (!this.fresh(now)) return 0
    const excess = Math.max(this.inFlight - this.permits, 0)
    return ((this.waiting.ahead(priority) + excess + 1) * this.service) / this.permits
  }

  private fresh(now: number): boolean {
    return now - this.measuredAt <= freshFor(this.service)
  }

  /** The error for a call that cannot wait in the queue or that would miss its deadline. */
  private hopeless(call: Call, now: number): unknown {
    const priority = priorityOf(call)
    const expected = this.expectedWait(priority, now)
    const { queue } = this.room
    if (this.waiting.size >= queue) {
      const least = queue === 0 ? undefined : this.waiting.least()
      if (least === undefined || least.priority >= priority) return this.refusal("full", known(expected))
    }
    // A deadline at the current time has passed, whatever the expected wait.
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
    // Recorded here: a timer may fire up to a millisecond early, before the clock reaches the deadline.
    if (reason === "tooLate") call.expire(error)
    settle(waiter, Effect.fail(error))
  }
}

/**
 * Wakes a waiter asynchronously. If the waiter were woken synchronously, its fiber would run inside the current fiber. If the
 * waiter's call then ended immediately, the waiter would wake the next waiter, and the stack would grow with the length of
 * the queue.
 */
const settle = (waiter: Waiter, effect: Effect.Effect<void, unknown>): void =>
  waiter.call.fiber.currentDispatcher.scheduleTask(() => waiter.resume(effect), 0)

/** Returns `undefined` if the expected wait is unknown, which is always the case until the first call has ended. */
const known = (expectedWait: number): number | undefined => (expectedWait > 0 ? expectedWait : undefined)
