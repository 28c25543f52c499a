/**
 * So many calls at once and so many waiting: what the bulkhead and the adaptive limit share.
 */
import * as Effect from "effect/Effect"
import type { Call } from "../call.ts"
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

/** The weight of the latest call in the mean time that a place is taken: about the last twenty count. */
const weight = 0.1

/** How long may be waited, and by how many. */
export interface Room {
  readonly queue: number
  /** In milliseconds; `Infinity` for no bound. */
  readonly maxWait: number
}

/** Places and a queue. A place is never free while somebody waits. */
export class Places {
  inFlight = 0
  permits: number
  room: Room
  readonly waiting = new Waiting()
  /** The mean time that a call has its place, in milliseconds; 0 before the first has ended. */
  private service = 0
  private readonly expiry: Expiry
  private readonly refusal: (reason: Reason, expectedWait: number) => unknown

  /** `refusal` makes the error of a call that gets no place; `expectedWait` is in milliseconds. */
  constructor(permits: number, room: Room, refusal: (reason: Reason, expectedWait: number) => unknown) {
    this.permits = permits
    this.room = room
    this.refusal = refusal
    this.expiry = new Expiry((waiter) => {
      const priority = waiter.level?.priority ?? 0
      this.waiting.remove(waiter)
      this.refuse(waiter, waiter.expiresAt === waiter.call.deadline ? "tooLate" : "maxWait", priority)
    })
  }

  /** Takes a place if one is free. */
  enter(): boolean {
    if (this.inFlight >= this.permits) return false
    this.inFlight++
    return true
  }

  /**
   * Waits for a place. Everything happens at once when the effect runs: between `enter` and this the fiber may have been
   * suspended, and a place may have become free.
   */
  wait(call: Call, hold: (at: number) => void): Effect.Effect<void, unknown> {
    return Effect.callback<void, unknown>((resume) => {
      const now = call.now()
      if (this.enter()) {
        hold(now)
        return resume(Effect.void)
      }
      const priority = priorityOf(call)
      const { maxWait, queue } = this.room
      const expected = this.expectedWait(priority)
      const least = this.waiting.size < queue ? undefined : this.waiting.least()
      if (this.waiting.size >= queue && (least === undefined || queue === 0 || least.priority >= priority)) {
        return resume(Effect.fail(this.refusal("full", expected)))
      }
      if (call.deadline <= now || now + expected > call.deadline) {
        return resume(Effect.fail(this.refusal("tooLate", expected)))
      }
      if (least !== undefined) {
        this.leave(least.waiter)
        this.refuse(least.waiter, "displaced", least.priority)
      }
      const waiter = new Waiter(call, hold, resume, Math.min(now + maxWait, call.deadline))
      this.waiting.add(waiter, priority)
      this.expiry.add(waiter, now)
      return Effect.sync(() => this.leave(waiter))
    })
  }

  /** Gives a place back, or hands it to the next. */
  release(takenAt: number, now: number): void {
    const held = Math.max(now - takenAt, 0)
    this.service = this.service === 0 ? held : this.service + weight * (held - this.service)
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
   * `service / permits`.
   */
  expectedWait(priority: number): number {
    const excess = Math.max(this.inFlight - this.permits, 0)
    return ((this.waiting.ahead(priority) + excess + 1) * this.service) / this.permits
  }

  private admit(): void {
    while (this.inFlight < this.permits) {
      const waiter = this.waiting.take()
      if (waiter === undefined) return
      this.expiry.remove(waiter)
      const now = waiter.call.now()
      if (waiter.expiresAt <= now) {
        this.refuse(waiter, waiter.expiresAt === waiter.call.deadline ? "tooLate" : "maxWait", priorityOf(waiter.call))
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

  private refuse(waiter: Waiter, reason: Reason, priority: number): void {
    settle(waiter, Effect.fail(this.refusal(reason, this.expectedWait(priority))))
  }
}

/**
 * Wakes a waiter, but not now: its fiber would run within this one, and if its call ended at once, wake the next one
 * within its own, as deep as the queue is long.
 */
const settle = (waiter: Waiter, effect: Effect.Effect<void, unknown>): void =>
  waiter.call.fiber.currentDispatcher.scheduleTask(() => waiter.resume(effect), 0)
