/**
 * Computes how long a circuit stays open, and counts its openings.
 */
import { openFor, type Checked } from "./options.ts"

/**
 * The open times of one circuit, in milliseconds.
 *
 * **Details**
 *
 * The count of openings restarts once the circuit has stayed closed for as long as it was open. A service that stays healthy
 * starts again with the first open time; one that flaps does not.
 */
export class OpenTimes {
  openings = 0
  private last = 0
  private closedAt = -Infinity
  /** The next open time, or 0 if it is not yet known. A custom function is called only once per opening. */
  private next = 0
  /** The exception of the function that computes `next`. */
  problem: { readonly thrown: unknown } | undefined = undefined

  /** The next open time, without the server's hint. */
  upcoming(settings: Checked): number {
    if (this.next === 0) {
      const { ms, problem } = openFor(settings, this.openings + 1)
      this.next = ms
      this.problem = problem
    }
    return this.next
  }

  /** Starts an opening of a closed circuit. Returns its duration: at least the hint, at most `maxOpen`. */
  open(at: number, settings: Checked, hint: number): number {
    if (this.wellUntil(at)) this.anew()
    return this.again(settings, hint)
  }

  /** Starts an opening of a half-open circuit. */
  again(settings: Checked, hint: number): number {
    this.last = Math.min(Math.max(this.upcoming(settings), hint), settings.maxOpen)
    this.openings++
    this.next = 0
    return this.last
  }

  close(at: number): void {
    this.closedAt = at
  }

  /** Whether a closed circuit has stayed closed for as long as it was open. */
  wellUntil(now: number): boolean {
    return now - this.closedAt >= this.last
  }

  anew(): void {
    this.openings = 0
    this.last = 0
    this.next = 0
  }

  /** Discards a cached open time that the options no longer give. */
  ask(): void {
    this.next = 0
  }

  setBack(by: number): void {
    this.closedAt -= by
  }
}
