/**
 * How long recent calls took: a histogram in constant memory that forgets, and the percentile of it.
 */

/** Sixteen buckets from a number to its double, so a percentile is right within 4.5 %; up to 2^22 ms, which is 70 min. */
const perDoubling = 16
const buckets = 22 * perDoubling + 1

const bucketOf = (ms: number): number =>
  ms < 1 ? 0 : Math.min(1 + Math.floor(Math.log2(ms) * perDoubling), buckets - 1)

const upperEdge = (bucket: number): number => 2 ** (bucket / perDoubling)

/**
 * Two histograms that take turns: one fills while the other, the one before it, still counts.
 *
 * **Details**
 *
 * They change places when half a window has passed and the one that fills has enough for a percentile of its own. So a
 * service that is called often is seen as it has been for a window, and one that is called now and then as its last
 * calls were, however long ago.
 */
export class Durations {
  /** The fewest durations of which a percentile says anything: those of which one at least lies beyond it. */
  readonly enough: number
  readonly windowMs: number
  private readonly percentile: number
  private filling = new Uint32Array(buckets)
  private before = new Uint32Array(buckets)
  private filled = 0
  private total = 0
  private since = -Infinity
  /** The percentile as it was last looked up, and the durations that have come since. */
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

  /** The percentile, in milliseconds, rounded up to the end of its bucket; `undefined` while there is too little to say. */
  at(): number | undefined {
    if (this.total < this.enough) return undefined
    // Looked up again when one in 32 is new, which moves it little; so a call pays for a small part of a look-up.
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
