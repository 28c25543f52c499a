/**
 * Stores the probes in flight, each with the time after which the probe counts as failed.
 */

/** Stores the tickets of probes, each with the time when its lease expires. */
export class Leases {
  private readonly ends = new Map<number, number>()

  get size(): number {
    return this.ends.size
  }

  take(ticket: number, end: number): void {
    this.ends.set(ticket, end)
  }

  /** Removes the probe that has the given ticket. Returns whether the probe was in flight. */
  give(ticket: number): boolean {
    return this.ends.delete(ticket)
  }

  clear(): void {
    this.ends.clear()
  }

  /** Returns the time when the first lease expires, or `Infinity` if there are no leases. */
  end(): number {
    return Math.min(...this.ends.values())
  }

  setBack(by: number): void {
    for (const [ticket, end] of this.ends) this.ends.set(ticket, end - by)
  }
}
