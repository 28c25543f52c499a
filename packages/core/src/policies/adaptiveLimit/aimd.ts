/**
 * Additive increase, multiplicative decrease: as TCP finds the bandwidth of a line.
 */
import { clamp, Drops, type Algorithm, type Bounds } from "./algorithm.ts"

/**
 * One more for every round of successes, a tenth less for a round with a drop.
 *
 * **Details**
 *
 * A round is as many calls as the limit is high; Netflix adds one for each call, which doubles the limit in a round. The
 * limit does not rise while less than half of it is used: nothing is learned from that. A success that took longer than
 * `maxHealthy` is a drop.
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
