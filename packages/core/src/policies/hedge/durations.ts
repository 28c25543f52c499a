/**
 * Stores the durations of recent calls in a histogram of constant size and computes a percentile of the durations.
 */

/**
 * The number of histogram buckets between a value and twice that value. With sixteen buckets, a percentile is accurate to
 * within 4.5 % for durations of up to 2^22 ms (70 min).
 */
const perDoubling = 16
const buckets = 22 * perDoubling + 1

const bucketOf = (ms: number): number =>
  ms < 1 ? 0 : Math.min(1 + Math.floor(Math.log2(ms) * perDoubling), buckets - 1)

const upperEdge = (bucket: number): number => 2 ** (bucket / perDoubling)

/**
 * Alternates between two histograms. New durations fill one histogram, while the previous histogram still contributes to the
 * percentile.
 *
 * **Details**
 *
 * The histograms swap when half a window has passed and the histogram that is being filled has enough durations for a
 * percentile. As a result, the percentile for a busy service reflects the last window. The percentile for a service that is
 * rarely called reflects its most recent calls, regardless of their age.
 */
export class Durations {
  /**
   * The minimum number of durations for a meaningful percentile, which ensures that at least one duration lies beyond the
   * percentile.
   */
  readonly enough: number
  readonly windowMs: number
  private readonly percentile: number
  private filling = new Uint32Array(buckets)
  private before = new Uint32Array(buckets)
  private filled = 0
  private total = 0
  private since = -Infinity
  /** The percentile computed by the last lookup, and the number of durations recorded since then. */
  private known = 0
  private fresh = 0

  constructor(percentile: number, windowMs: number) {
    this.percentile = percentile
    this.windowMs = windowMs
    this.enough = Math.ceil(1 / (1 - percentile) - 1e-9)
  }

  record(ms: number, now: number): void {
    if (this.filled >= this.enough && Math.abs(now - this.since) >= this.windowMs / 2) this.turn()
    if (this.filled === 0) this.since = now
    const bucket = bucketOf(ms)
    this.filling[bucket] = (this.filling[bucket] ?? 0) + 1
    this.filled++
    this.total++
    this.fresh++
  }

  /**
   * The percentile in milliseconds, rounded up to the end of its bucket, or `undefined` if too few durations have been
   * recorded.
   */
  at(): number | undefined {
    if (this.total < this.enough) return undefined
    // Recomputed after one new duration in 32, which changes it little, so that each call pays for a small part of the lookup.
    if (this.fresh * 32 >= this.total) {
      this.fresh = 0
      this.known = this.lookUp()
    }
    return this.known
  }

  private lookUp(): number {
    let rank = Math.ceil(this.percentile * this.total - 1e-9)
    let bucket = 0
    for (; bucket < buckets - 1; bucket++) {
      rank -= (this.filling[bucket] ?? 0) + (this.before[bucket] ?? 0)
      if (rank <= 0) break
    }
    return Math.ceil(upperEdge(bucket))
  }

  private turn(): void {
    const oldest = this.before
    this.before = this.filling
    this.filling = oldest.fill(0)
    this.total = this.fresh = this.filled
    this.filled = 0
  }
}
