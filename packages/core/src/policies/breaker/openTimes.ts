/**
 * Computes how long a circuit stays open, and counts its openings.
 */
import { openFor, type Checked } from "./options.ts"

/**
 * Tracks the open times of one circuit, in milliseconds.
 *
 * **Details**
 *
 * The count of openings restarts once the circuit has stayed closed for as long as it was last open. If the service stays
 * healthy, the next opening uses the first open time again. If the service flaps, the count continues.
 */
export class OpenTimes {
  openings = 0
  private last = 0
  private closedAt = -Infinity
  /**
   * The next open time, or 0 if it is not yet known. The next open time is cached, so that a custom function is called only
   * once per opening.
   */
  private next = 0
  /** The exception thrown by the function that computes `next`, if there was one. */
  problem: { readonly thrown: unknown } | undefined = undefined

  /** Returns the next open time without considering the server's hint. */
  upcoming(settings: Checked): number {
    if (this.next === 0) {
      const { ms, problem } = openFor(settings, this.openings + 1)
      this.next = ms
      this.problem = problem
    }
    return this.next
  }

  /**
   * Records that a closed circuit opens. Returns the open time, which is at least the hint but never more than `maxOpen`.
   */
  open(at: number, settings: Checked, hint: number): number {
    if (this.wellUntil(at)) this.anew()
    return this.again(settings, hint)
  }

  /** Records that a half-open circuit opens again. */
  again(settings: Checked, hint: number): number {
    this.last = Math.min(Math.max(this.upcoming(settings), hint), settings.maxOpen)
    this.openings++
    this.next = 0
    return this.last
  }

  close(at: number): void {
    this.closedAt = at
  }

  /** Returns whether a closed circuit has stayed closed for as long as it was last open. */
  wellUntil(now: number): boolean {
    return now - this.closedAt >= this.last
  }

  anew(): void {
    this.openings = 0
    this.last = 0
    this.next = 0
  }

  /** Discards the cached open time, which may not match changed options. */
  ask(): void {
    this.next = 0
  }

  setBack(by: number): void {
    this.closedAt -= by
  }
}
