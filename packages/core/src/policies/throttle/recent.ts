/**
 * Counts recent requests and how many of them were accepted.
 */

/** The number of slices in the window. Counts are removed from the window one slice at a time. */
const slices = 24

/**
 * Stores counts for a sliding window that moves with the clock. After a full window without calls, all counts are zero.
 *
 * **Details**
 *
 * The window spans between 23 and 24 slices because the newest slice is incomplete.
 */
export class Recent {
  requests = 0
  accepts = 0
  /** In milliseconds. */
  readonly span: number
  private readonly counted = { requests: new Float64Array(slices), accepts: new Float64Array(slices) }
  /** The index of the newest slice, counted from the origin of the clock. */
  private newest = 0

  constructor(span: number) {
    this.span = span
  }

  add(requests: number, accepts: number, now: number): void {
    this.advance(now)
    this.put(this.newest, requests, accepts)
  }

  /** Discards slices that are older than the window. A time earlier than the newest slice is counted in the newest slice. */
  advance(now: number): void {
    const slice = this.sliceOf(now)
    if (slice <= this.newest) return
    const { accepts, requests } = this.counted
    const first = Math.max(this.newest + 1, slice - slices + 1, 0)
    for (let gone = first; gone <= slice; gone++) {
      const index = gone % slices
      this.requests -= requests[index] as number
      this.accepts -= accepts[index] as number
      requests[index] = accepts[index] = 0
    }
    this.newest = slice
  }

  /** Copies the counts to a window of a different length. */
  over(span: number): Recent {
    const other = new Recent(span)
    for (let slice = Math.max(this.newest - slices + 1, 0); slice <= this.newest; slice++) {
      const index = slice % slices
      // Uses the end of a slice: by its start, the newest slice could be too old for the new window.
      other.add(
        this.counted.requests[index] as number,
        this.counted.accepts[index] as number,
        ((slice + 1) * this.span) / slices - 1,
      )
    }
    return other
  }

  private put(slice: number, requests: number, accepts: number): void {
    const index = slice % slices
    this.counted.requests[index] = (this.counted.requests[index] as number) + requests
    this.counted.accepts[index] = (this.counted.accepts[index] as number) + accepts
    this.requests += requests
    this.accepts += accepts
  }

  private sliceOf(now: number): number {
    return Math.floor(now / (this.span / slices))
  }
}
