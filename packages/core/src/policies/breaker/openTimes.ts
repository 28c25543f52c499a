/**
 * How long a circuit is open, and which opening it is.
 */
import { openFor, type Checked } from "./options.ts"

/**
 * The open times of one circuit, in milliseconds.
 *
 * **Details**
 *
 * The openings are counted from the last time that the circuit stayed closed for as long as it had been open: a service
 * that has stayed well begins again, and one that flaps does not.
 */
export class OpenTimes {
  openings = 0
  private last = 0
  private closedAt = -Infinity
  /** The one that comes next; 0 while it is not known, because a function is asked once an opening. */
  private next = 0
  /** The error of the function that calculates `next`. */
  problem: { readonly thrown: unknown } | undefined = undefined

  /** The one that comes next, without a hint of the server's. */
  upcoming(settings: Checked): number {
    if (this.next === 0) {
      const { ms, problem } = openFor(settings, this.openings + 1)
      this.next = ms
      this.problem = problem
    }
    return this.next
  }

  /** Begins an opening of a circuit that was closed, and returns its time: at least the hint, where `maxOpen` lets it. */
  open(at: number, settings: Checked, hint: number): number {
    if (this.wellUntil(at)) this.anew()
    return this.again(settings, hint)
  }

  /** Begins an opening of a circuit that was half-open. */
  again(settings: Checked, hint: number): number {
    this.last = Math.min(Math.max(this.upcoming(settings), hint), settings.maxOpen)
    this.openings++
    this.next = 0
    return this.last
  }

  close(at: number): void {
    this.closedAt = at
  }

  /** Whether a circuit that is closed has stayed so for as long as it was open. */
  wellUntil(now: number): boolean {
    return now - this.closedAt >= this.last
  }

  anew(): void {
    this.openings = 0
    this.last = 0
    this.next = 0
  }

  /** Forgets an answer to a question that would be another one now. */
  ask(): void {
    this.next = 0
  }

  setBack(by: number): void {
    this.closedAt -= by
  }
}
