/**
 * The implementation of `RetryBudget.ratio`, which counts calls and retries in a window.
 */
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "./budget.ts"
import { checkedRatio, type CheckedRatio, type Options, type RatioOptions } from "./options.ts"

/** A slice that covers a tenth of the window. The slices form a ring, in which the oldest slice is reused. */
interface Slice {
  number: number
  calls: number
  retries: number
  next: Slice
}

const slices = 10

const ring = (): Slice => {
  const first = { number: 0, calls: 0, retries: 0 } as Slice
  let last = first
  for (let n = 1; n < slices; n++) last = last.next = { number: 0, calls: 0, retries: 0 } as Slice
  last.next = first
  return first
}

export class Ratio implements RetryBudget {
  readonly name: string
  private figures: CheckedRatio
  /** The current slice and its start time, and the numbers of calls and retries in all slices. */
  private slice = ring()
  private since = -Infinity
  private calls = 0
  private retries = 0

  constructor(options: RatioOptions) {
    this.name = options.name ?? "budget"
    this.figures = checkedRatio(options)
  }

  /** Also counts a call that is reported some time after it began. */
  begin(now: number): void {
    this.advance(now)
    this.slice.calls++
    this.calls++
  }

  charge(now: number): number | undefined {
    this.atNow(now)
    if (this.hundredths() < 100) return undefined
    this.slice.retries++
    this.retries++
    return this.slice.number
  }

  /** A charge that is no longer in the window is not refunded, because its slice may have been reused. */
  refund(_now: number, charged: number): void {
    let slice = this.slice
    for (let n = 0; n < slices; n++, slice = slice.next) {
      if (slice.number === charged && slice.retries > 0) {
        slice.retries--
        this.retries--
      }
    }
  }

  success(): void {}

  balance(now: number): number {
    this.atNow(now)
    return Math.max(0, Math.floor(this.hundredths() / 100))
  }

  describe(): string {
    const { floor, percent, windowMs } = this.figures
    return `budget ${percent} % of the calls in ${windowMs / 1000} s${floor === 0 ? "" : `, and ${floor}/s`}`
  }

  loadFactor(): number {
    return 1 + this.figures.percent / 100
  }

  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checkedRatio(options as RatioOptions))
  }

  apply(options: Options): void {
    this.figures = checkedRatio(options as RatioOptions)
  }

  /**
   * Returns the balance in hundredths of a retry. Integer arithmetic is exact: 29 % of 100 calls allow 29 retries, not 28.99.
   */
  private hundredths(): number {
    const { floor, percent, windowMs } = this.figures
    return percent * this.calls + (floor * windowMs) / 10 - 100 * this.retries
  }

  /**
   * Moves the window to the current time, even after a long time without calls.
   *
   * **Details**
   *
   * Times may arrive slightly out of order, because a call can be reported after it has ended but with the time at which it
   * began. Calls that are reported late count in the current slice.
   */
  private advance(now: number): void {
    const width = this.figures.windowMs / slices
    const since = Math.floor(now / width) * width
    if (since <= this.since) return
    const turns = Math.min((since - this.since) / width, slices)
    this.since = since
    for (let n = 0; n < turns; n++) {
      const oldest = this.slice.next
      this.calls -= oldest.calls
      this.retries -= oldest.retries
      oldest.number = this.slice.number + 1
      oldest.calls = oldest.retries = 0
      this.slice = oldest
    }
  }

  /**
   * Moves the window to the current time. If the current time is before the start of the window, the clock has been set back
   * and the window is cleared.
   */
  private atNow(now: number): void {
    if (now < this.since - this.figures.windowMs) {
      // Calls counted for times that are about to come again would pay for retries twice.
      this.since = -Infinity
    }
    this.advance(now)
  }
}
