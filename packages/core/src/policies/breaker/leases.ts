/**
 * The probes in flight, each with the time after which it counts as failed.
 */

/** The tickets of probes, each with the end of its lease. */
export class Leases {
  private readonly ends = new Map<number, number>()

  get size(): number {
    return this.ends.size
  }

  take(ticket: number, end: number): void {
    this.ends.set(ticket, end)
  }

  /** Removes the probe of a ticket. Returns whether it was in flight. */
  give(ticket: number): boolean {
    return this.ends.delete(ticket)
  }

  clear(): void {
    this.ends.clear()
  }

  /** When the first lease ends; `Infinity` if there is none. */
  end(): number {
    return Math.min(...this.ends.values())
  }

  setBack(by: number): void {
    for (const [ticket, end] of this.ends) this.ends.set(ticket, end - by)
  }
}
