/**
 * The arithmetic of a token bucket whose rate may change. A token is the right to send one byte.
 */

/** How long an unused rate is kept, in milliseconds. The unused rate makes up for a timer that fires late. */
const kept = 200

/** A grant contains at most the bytes for this time, in milliseconds, so that callers alternate often. */
const quantumMillis = 50

const smallestQuantum = 256
const largestQuantum = 1024 * 1024

/** Returns the largest number of bytes that one grant may contain at a given rate. */
export const quantumOf = (rate: number): number =>
  Math.max(smallestQuantum, Math.min(largestQuantum, Math.floor((rate * quantumMillis) / 1000)))

/**
 * A token bucket.
 *
 * **Details**
 *
 * The bucket holds at most the tokens of 200 ms, or one quantum if that is more. In any interval, the bytes that the bucket
 * grants exceed the limit by at most the bucket's capacity: 4 % of the bytes for 5 s. Time is in milliseconds on the
 * monotonic clock.
 */
export class Bucket {
  private tokens = 0
  private at: number | undefined
  private rate = Number.POSITIVE_INFINITY

  /** Adds the tokens for the time since the last call, and then applies the rate to the time that follows. */
  advance(rate: number, now: number): void {
    const elapsed = now - (this.at ?? now)
    this.at = now
    if (rate !== this.rate) {
      // The bucket of an unlimited rate is empty.
      if (this.rate === Number.POSITIVE_INFINITY) this.tokens = 0
      else this.tokens += (this.rate * elapsed) / 1000
      this.rate = rate
    } else if (rate !== Number.POSITIVE_INFINITY) {
      this.tokens += (rate * elapsed) / 1000
    }
    this.tokens = Math.min(this.tokens, Math.max(quantumOf(rate), (rate * kept) / 1000))
  }

  /** Takes the tokens for at most `bytes` bytes. Returns the number of bytes, or 0 if the bucket has too few tokens. */
  take(bytes: number): number {
    if (this.rate === Number.POSITIVE_INFINITY) return bytes
    const granted = Math.min(bytes, quantumOf(this.rate))
    if (this.tokens < granted) return 0
    this.tokens -= granted
    return granted
  }

  /** Returns the number of milliseconds after which `take(bytes)` can succeed at the current rate. */
  waitFor(bytes: number): number {
    if (this.rate === Number.POSITIVE_INFINITY) return 0
    const missing = Math.min(bytes, quantumOf(this.rate)) - this.tokens
    return missing <= 0 ? 0 : (missing * 1000) / this.rate
  }
}
