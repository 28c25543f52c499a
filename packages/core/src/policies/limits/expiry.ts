/**
 * Rejects waiters whose time limit has passed. All waiters share one timer, so 100 000 waiters do not need 100 000 timers.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { millisOf } from "../../time/Monotonic.ts"
import type { Waiter } from "./waiting.ts"

/**
 * A binary heap of the waiters that have a time limit, with the earliest expiry first. Each waiter stores its slot in the
 * heap.
 */
export class Expiry {
  private readonly heap: Array<Waiter> = []
  private readonly expired: (waiter: Waiter) => void
  private timer: Fiber.Fiber<void> | undefined = undefined
  private firesAt = Infinity

  constructor(expired: (waiter: Waiter) => void) {
    this.expired = expired
  }

  add(waiter: Waiter, now: number): void {
    if (waiter.expiresAt === Infinity) return
    this.up(this.heap.length, waiter)
    if (waiter.expiresAt < this.firesAt) this.arm(waiter.call.fiber.getRef(Clock.Clock), now)
  }

  remove(waiter: Waiter): void {
    const { slot } = waiter
    if (slot === -1) return
    waiter.slot = -1
    const last = this.heap.pop() as Waiter
    if (last !== waiter) {
      this.up(slot, last)
      this.down(last.slot, last)
    }
    // A timer without waiters would keep the process alive.
    if (this.heap.length === 0) this.disarm()
  }

  private arm(clock: Clock.Clock, now: number): void {
    this.disarm()
    const first = this.heap[0]
    if (first === undefined) return
    this.firesAt = first.expiresAt
    const ring = Effect.sync(() => this.ring(clock))
    this.timer = Effect.runFork(Effect.andThen(clock.sleep(Duration.millis(Math.max(first.expiresAt - now, 0))), ring))
  }

  private disarm(): void {
    const { timer } = this
    this.timer = undefined
    this.firesAt = Infinity
    timer?.interruptUnsafe()
  }

  private ring(clock: Clock.Clock): void {
    const now = millisOf(clock)
    // A timer may fire up to a millisecond early. Its waiter is treated as due: sleeping again would only rearm the timer.
    const due = Math.max(now, this.firesAt)
    // This fiber is the timer: it ends by itself and must not be interrupted.
    this.timer = undefined
    this.firesAt = Infinity
    for (let first = this.heap[0]; first !== undefined && first.expiresAt <= due; first = this.heap[0]) {
      this.remove(first)
      this.expired(first)
    }
    this.arm(clock, now)
  }

  private up(from: number, waiter: Waiter): void {
    const { heap } = this
    let slot = from
    while (slot > 0) {
      const parent = heap[(slot - 1) >>> 1] as Waiter
      if (sooner(parent, waiter)) break
      heap[slot] = parent
      parent.slot = slot
      slot = (slot - 1) >>> 1
    }
    heap[slot] = waiter
    waiter.slot = slot
  }

  private down(from: number, waiter: Waiter): void {
    const { heap } = this
    let slot = from
    for (;;) {
      let child = 2 * slot + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && sooner(heap[child + 1] as Waiter, heap[child] as Waiter)) child++
      const below = heap[child] as Waiter
      if (sooner(waiter, below)) break
      heap[slot] = below
      below.slot = slot
      slot = child
    }
    heap[slot] = waiter
    waiter.slot = slot
  }
}

/**
 * Whether the first waiter expires before the second. If both waiters expire at the same time, the waiter that arrived first
 * precedes the other.
 */
const sooner = (one: Waiter, other: Waiter): boolean =>
  one.expiresAt === other.expiresAt ? one.number < other.number : one.expiresAt < other.expiresAt
