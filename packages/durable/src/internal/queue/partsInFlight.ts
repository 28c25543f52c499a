/**
 * Determines how many parts may be in flight at once, by additive increase and multiplicative decrease (AIMD).
 */

/** The default bounds of the limit. 16 parts at the 10 MiB/s of one connection fill a link of 1 Gbit/s. */
export const least = 1
export const most = 16

/** The number of parts in flight at the start: the default of the upload engine. */
export const initial = 5

/**
 * After the limit rose, the throughput may drop by this share without counting as a fall: parts end in groups, so rounds
 * differ. A rise above the ceiling is compared with the average of all rounds at the ceiling, so a smaller drop is tolerated.
 */
const tolerance = 0.05
const probeTolerance = 0.02

/** How many rounds the limit stays at its ceiling before it exceeds the ceiling again. */
const shortestHold = 8
const longestHold = 64

/**
 * The overhead of a request, expressed in bytes. A small file takes a round trip, whatever its length. Without this cost, a
 * round of small files would look like a drop in throughput.
 */
const requestCost = 256 * 1024

/** How an attempt to send a part ended. `ignored` includes interruption. */
export type Outcome = "confirmed" | "overload" | "failure" | "ignored"

/** An attempt in flight. */
export interface Attempt {
  readonly startedAt: number
}

interface Round {
  readonly startedAt: number
  ended: number
  work: number
}

/**
 * Tracks the confirmed throughput and the overload responses of a storage. Times are in milliseconds on the monotonic clock.
 *
 * **Details**
 *
 * A round consists of as many attempts as the limit, and counts only while other parts wait for a permit. After each round,
 * the limit rises by one unless the throughput fell. If the throughput fell, the limit returns to its earlier value, which
 * becomes the ceiling. An overload halves the limit, and the ceiling becomes one less than the limit that caused the
 * overload. An attempt that started before the last halving cannot halve the limit again, because it was sent at the old
 * limit.
 *
 * The limit rises to the ceiling, and probes one part above it after 8 rounds at the ceiling. If the probe fails, the next
 * one waits for twice as many rounds, up to 64; if it succeeds, for half as many. Plain AIMD would instead return to the
 * overload after each recovery.
 *
 * The time of a failure other than an overload counts, but its bytes do not. An ignored failure and an interruption do not
 * count.
 */
export class PartsInFlight {
  limit: number
  private readonly most: number
  private inFlight = 0
  private ceiling: number
  private hold = shortestHold
  private held = 0
  private total = 0
  /** Whether the limit has just exceeded its ceiling. */
  private isProbing = false
  /** Whether the limit is returning to a ceiling that an overload revealed. */
  private isRecovering = false
  private halvedAt = Number.NEGATIVE_INFINITY
  private round: Round | undefined
  /** The best throughput since the limit began to rise. */
  private best = 0

  /** The limit never exceeds `greatest`. */
  constructor(greatest = most) {
    this.most = Math.max(least, greatest)
    this.limit = Math.min(initial, this.most)
    this.ceiling = this.most
  }

  started(now: number): Attempt {
    this.inFlight++
    if (this.round === undefined && this.inFlight >= this.limit) this.round = { startedAt: now, ended: 0, work: 0 }
    return { startedAt: now }
  }

  /**
   * `isBinding` states whether this limit is holding parts back. The throughput says nothing about the limit if too few parts
   * wait or if a bandwidth limit holds them.
   */
  ended({ startedAt }: Attempt, outcome: Outcome, bytes: number, now: number, isBinding: boolean): void {
    this.inFlight--
    if (outcome === "ignored") return
    if (outcome === "overload") return this.halve(startedAt, now)
    if (!isBinding) {
      this.round = undefined
      this.best = 0
      return
    }
    if (this.round === undefined) return
    this.round.ended++
    if (outcome === "confirmed") this.round.work += bytes + requestCost
    if (this.round.ended < this.limit || now <= this.round.startedAt) return
    const throughput = this.round.work / (now - this.round.startedAt)
    this.round = { startedAt: now, ended: 0, work: 0 }
    this.follow(throughput)
  }

  private halve(startedAt: number, now: number): void {
    if (startedAt < this.halvedAt) return
    this.ceiling = Math.max(least, this.limit - 1)
    this.postpone()
    this.halvedAt = now
    this.isRecovering = true
    this.set(Math.max(least, Math.floor(this.limit / 2)))
    this.best = 0
  }

  private follow(throughput: number): void {
    if (this.isRecovering && this.limit < this.ceiling) return this.set(this.limit + 1)
    this.isRecovering = false
    const needed = this.best * (1 - (this.isProbing ? probeTolerance : tolerance))
    if (throughput < needed) return this.retreat()
    if (this.isProbing) this.hold = Math.max(1, Math.floor(this.hold / 2))
    this.isProbing = false
    if (this.limit < this.ceiling) {
      this.best = Math.max(this.best, throughput)
      return this.set(this.limit + 1)
    }
    // The limit stays at the ceiling, so that a later fall is due to the link and not to the limit.
    this.best = 0
    this.total += throughput
    if (++this.held < this.hold || this.ceiling === this.most) return
    this.best = this.total / this.held
    this.held = 0
    this.total = 0
    this.isProbing = true
    this.ceiling++
    this.set(this.limit + 1)
  }

  private retreat(): void {
    this.ceiling = Math.max(least, this.limit - 1)
    this.postpone()
    this.set(this.ceiling)
    this.best = 0
  }

  /** Doubles the hold if the limit has just exceeded the ceiling, and otherwise begins with the shortest hold. */
  private postpone(): void {
    this.hold = this.isProbing ? Math.min(longestHold, Math.max(shortestHold, this.hold * 2)) : shortestHold
    this.isProbing = false
    this.held = 0
    this.total = 0
  }

  private set(limit: number): void {
    this.limit = limit
    this.round = undefined
  }
}
