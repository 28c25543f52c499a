/**
 * Stores the probes in flight, each with the time after which the probe counts as failed.
 */

/** Stores the tickets of probes, each with the time when its lease expires. */
export class Leases {
  /** Created for the first probe, because most circuits never open. */
  private ends: Map<number, number> | undefined = undefined

  get size(): number {
    return this.ends?.size ?? 0
  }

  take(ticket: number, end: number): void {
    this.ends ??= new Map()
    this.ends.set(ticket, end)
  }

  /** Removes the probe that has the given ticket. Returns whether the probe was in flight. */
  give(ticket: number): boolean {
    return this.ends?.delete(ticket) ?? false
  }

  clear(): void {
    this.ends?.clear()
  }

  /** Returns the time when the first lease expires, or `Infinity` if there are no leases. */
  end(): number {
    return Math.min(...(this.ends?.values() ?? []))
  }

  setBack(by: number): void {
    for (const [ticket, end] of this.ends ?? []) this.ends?.set(ticket, end - by)
  }
}
