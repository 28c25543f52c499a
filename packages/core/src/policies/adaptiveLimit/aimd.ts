/**
 * Additive increase, multiplicative decrease (AIMD), the algorithm that TCP uses to find the bandwidth of a link.
 */
import { clamp, Drops, type Algorithm, type Bounds } from "./algorithm.ts"

/**
 * Raises the limit by one after each round of successes, and lowers it by a tenth after a round with a drop.
 *
 * **Details**
 *
 * A round consists of as many calls as the current limit. Netflix's implementation adds one for each call, which doubles the
 * limit in one round. The limit does not rise while less than half of it is in use, because calls at low load say nothing
 * about a higher limit. A successful call that took longer than `maxHealthy` counts as a drop.
 */
export class Aimd implements Algorithm {
  limit: number
  readonly baseline = undefined
  private readonly drops = new Drops()

  constructor(limit: number) {
    this.limit = limit
  }

  allowed(): number {
    return this.limit
  }

  succeeded(bounds: Bounds, latency: number, inFlight: number, now: number): void {
    if (latency > bounds.maxHealthy) this.dropped(bounds, now - latency, now)
    else if (inFlight * 2 >= this.limit) this.limit = clamp(this.limit + 1 / this.limit, bounds)
  }

  dropped(bounds: Bounds, sentAt: number, now: number): void {
    this.limit = this.drops.lower(this.limit, bounds, sentAt, now)
  }
}
