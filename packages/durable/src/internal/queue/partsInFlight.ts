/**
 * Determines how many parts may be in flight at once: the smallest number that keeps the link full, and fewer after an
 * overload response (additive increase and multiplicative decrease, AIMD).
 *
 * A part in flight is lost if the process is killed, and a part that shares the link takes longer. More parts than the link
 * needs are therefore a cost without a gain. A part of less than 1 MiB counts as a share of a part.
 */
import * as Rate from "./confirmedRate.ts"

/** The default bounds of the limit. 16 parts at the 10 MiB/s of one connection fill a link of 1 Gbit/s. */
export const least = 1
export const most = 16

/** The number of parts in flight at the start. The limit doubles from there while this doubles the throughput. */
export const initial = 2

/** The smallest rise of the throughput for which more parts are kept, and the largest loss for which fewer are kept. */
const smallestGain = 0.05
const largestLoss = 0.04

/** Replaces `smallestGain` at the start, when the limit doubles after a single round. */
const firstGain = 0.25

/**
 * If the throughput rises by at least this share of what the additional parts could add, the link is not full yet. The second
 * share applies at the ceiling, where there is no further rise that would show it.
 */
const nearlyAll = 0.7
const nearlyAllAtCeiling = 0.9

/** A change of the throughput by this share at the same limit means that the link has changed. */
const linkChange = 0.25

/**
 * How many rounds the limit stays the same before more or fewer parts are tried. Trials of fewer parts, and those that may
 * cause an overload, take throughput from the link, so they are less frequent.
 */
const shortestHold = 4
const longestHold = { more: 16, fewer: 32, overload: 32 } as const

/** A round consists of as many attempts as the limit, of twice as many in a trial, and at least of this number. */
const smallestRound = 4

/** How an attempt to send a part ended. `ignored` includes interruption. */
export type Outcome = "confirmed" | "overload" | "failure" | "ignored"

/**
 * What holds parts back: this limit, a bandwidth limit, or nothing, because too few parts wait. Only in the first case does the
 * throughput say something about this limit.
 */
export type Constraint = "limit" | "bandwidth" | "demand"

/** An attempt in flight. */
export interface Attempt {
  readonly startedAt: number
  /** The limit under which the attempt started. */
  readonly round: Rate.Round
}

/** A limit, the throughput that was measured at it, and the largest limit known to be too low, if one is known. */
interface Known {
  readonly limit: number
  readonly throughput: number
  readonly tooLow: number | undefined
}

/**
 * Why the limit has its present value.
 *
 * - `rising`: more parts than `from` are tried. Without `from`, nothing has been measured yet.
 * - `narrowing`: `high` parts are enough, and `low` parts were not.
 * - `lowering`: fewer parts than `high` are tried.
 * - `settled`: the limit is the smallest that keeps the link full, as far as is known.
 * - `recovering`: the limit rises by one a round after an overload.
 */
type Phase =
  | { readonly _tag: "rising"; readonly from: Known | undefined }
  | { readonly _tag: "narrowing"; readonly low: number; readonly high: Known }
  | { readonly _tag: "lowering"; readonly high: Known }
  | { readonly _tag: "settled" }
  | { readonly _tag: "recovering"; readonly to: number }

/**
 * Follows the confirmed throughput and the overload responses of a storage. Times are in milliseconds on the monotonic clock.
 *
 * **Details**
 *
 * At the start, the limit doubles while the throughput rises by at least a quarter. The limit then returns to the smallest
 * number whose throughput is within 4 % of the best, and settles there. A trial of more or of fewer parts follows after 4
 * rounds. After a trial that failed, the next one of its kind waits twice as long, up to 16 rounds for more parts and 32 for
 * fewer; after one that succeeded, half as long, but at least 4 rounds. A trial of more parts succeeds if the throughput rises
 * by 5 %. If the throughput at the settled limit changes by a quarter, the next trial begins at once.
 *
 * An overload halves the limit, and the ceiling becomes one less than the limit that caused the overload. The limit then rises
 * by one a round: to the ceiling, or to its last settled value if that was lower. Trials above the ceiling add one part. An
 * attempt that started before the last halving cannot halve the limit again, because it was sent at the old limit.
 *
 * The time of a failure other than an overload counts, but its bytes do not. An ignored failure, an interruption and a round
 * without a confirmed part do not count.
 */
export class PartsInFlight {
  limit: number
  private readonly most: number
  private round = Rate.make()
  private phase: Phase = { _tag: "rising", from: undefined }
  /** The largest limit at which no overload is expected. */
  private ceiling: number
  /** The limit that was in force when the last trial began. */
  private proven: number
  /** The rounds between two trials of each kind, and the rounds that are left until the next one. */
  private hold = { more: shortestHold, fewer: shortestHold }
  private left = { more: shortestHold, fewer: 2 * shortestHold }
  /** The average throughput at the settled limit. */
  private usual: number | undefined
  private halvedAt = Number.NEGATIVE_INFINITY

  /** The limit never exceeds `greatest`. */
  constructor(greatest = most) {
    this.most = Math.max(least, greatest)
    this.limit = Math.min(initial, this.most)
    this.ceiling = this.most
    this.proven = this.limit
  }

  started(now: number): Attempt {
    return { startedAt: now, round: this.round }
  }

  ended({ round, startedAt }: Attempt, outcome: Outcome, bytes: number, now: number, constraint: Constraint): void {
    if (outcome === "ignored") return
    if (outcome === "overload") return this.halve(startedAt, now)
    if (constraint === "bandwidth") return void (this.round = Rate.make())
    // An attempt that started at another limit would mix two throughputs.
    if (constraint === "demand" || round !== this.round) return
    Rate.add(round, bytes, outcome === "confirmed", now - startedAt)
    if (round.ended < this.roundLength() || round.time <= 0) return
    if (round.work === 0) return void (this.round = Rate.make())
    this.measured(Rate.throughput(round, this.limit))
  }

  /** The number of attempts in a round, by weight. The first rise needs few, because its steps are large. */
  private roundLength(): number {
    if (this.usual === undefined) return this.limit
    return Math.max(smallestRound, this.phase._tag === "settled" ? this.limit : this.limit * 2)
  }

  private halve(startedAt: number, now: number): void {
    if (startedAt < this.halvedAt) return
    this.halvedAt = now
    const isTrial = this.phase._tag === "rising"
    this.ceiling = Math.max(least, this.limit - 1)
    this.hold.more = isTrial ? Math.min(longestHold.overload, this.hold.more * 2) : shortestHold
    const to = Math.min(this.ceiling, this.proven)
    this.usual = undefined
    this.enter(Math.max(least, Math.floor(this.limit / 2)), { _tag: "recovering", to })
  }

  private measured(throughput: number): void {
    const { limit, phase } = this
    switch (phase._tag) {
      case "recovering":
        if (limit < phase.to) return this.enter(limit + 1, phase)
        return this.raise({ limit, throughput, tooLow: undefined })
      case "rising":
        if (phase.from === undefined) return this.raise({ limit, throughput, tooLow: undefined })
        return this.risen(phase.from, throughput)
      case "narrowing":
        if (!isEnough(throughput, phase.high)) return this.narrow(limit, phase.high, true)
        return this.narrow(phase.low, { ...phase.high, limit }, true)
      case "lowering":
        if (!isEnough(throughput, phase.high)) return this.settle(phase.high, "fewer", false)
        return this.lower({ ...phase.high, limit }, true)
      case "settled":
        return this.stayed(throughput)
    }
  }

  private risen(from: Known, throughput: number): void {
    const { limit } = this
    const possible = limit / from.limit - 1
    const gain = throughput / from.throughput - 1
    if (gain < Math.min(this.usual === undefined ? firstGain : smallestGain, possible / 3)) {
      return from.tooLow === undefined ? this.lower(from, false) : this.narrow(from.tooLow, from, false)
    }
    this.ceiling = Math.max(this.ceiling, limit)
    const now = { limit, throughput, tooLow: from.limit }
    const share = limit < this.ceiling ? nearlyAll : nearlyAllAtCeiling
    if (gain < possible * share) return this.narrow(from.limit, now, true)
    // The link has room, so the next steps are as quick as at the start.
    this.usual = undefined
    this.raise(now)
  }

  /** Tries more parts than `now`, unless an overload is expected. */
  private raise(now: Known): void {
    if (now.limit >= this.ceiling) return this.settle(now, "more", now.tooLow === undefined ? undefined : true)
    this.proven = now.limit
    this.enter(this.more(), { _tag: "rising", from: now })
  }

  private more(): number {
    const { ceiling, limit } = this
    const isFirst = this.usual === undefined
    if (limit >= ceiling || (isFirst && ceiling < this.most)) return limit + 1
    const next = limit + (isFirst ? limit : Math.ceil(limit / 2))
    // The gain of a small last step would be hard to see.
    return ceiling - next < limit / 4 ? ceiling : next
  }

  private narrow(low: number, high: Known, isSuccess: boolean): void {
    if (high.limit - low <= Math.max(1, high.limit / 8)) return this.settle(high, "more", isSuccess)
    this.enter(Math.floor((low + high.limit) / 2), { _tag: "narrowing", low, high })
  }

  /** Tries fewer parts than `high`. */
  private lower(high: Known, isSuccess: boolean): void {
    if (high.limit <= least) return this.settle(high, "fewer", isSuccess)
    this.proven = high.limit
    this.enter(high.limit - Math.ceil(high.limit / 4), { _tag: "lowering", high })
  }

  /** Ends a trial of `more` or `fewer` parts. */
  private settle({ limit, throughput }: Known, trial: "more" | "fewer", isSuccess: boolean | undefined): void {
    const { hold, left } = this
    const longest = trial === "more" && limit >= this.ceiling ? longestHold.overload : longestHold[trial]
    if (isSuccess !== undefined) {
      hold[trial] = isSuccess ? Math.max(shortestHold, hold[trial] / 2) : Math.min(longest, hold[trial] * 2)
    }
    left[trial] = hold[trial]
    this.usual = throughput
    this.proven = limit
    this.enter(limit, { _tag: "settled" })
  }

  private stayed(throughput: number): void {
    const { left, limit, usual = throughput } = this
    const change = throughput / usual - 1
    this.round = Rate.make()
    if (Math.abs(change) >= linkChange) {
      this.usual = throughput
      this.hold = { more: shortestHold, fewer: shortestHold }
      left.more = change > 0 ? 0 : shortestHold
      left.fewer = change < 0 ? 0 : shortestHold
    } else {
      this.usual = usual + (throughput - usual) / 4
      left.more--
      left.fewer--
    }
    const known = { limit, throughput: this.usual, tooLow: limit - 1 }
    if (left.more <= 0 && limit < this.most) return this.enter(this.more(), { _tag: "rising", from: known })
    if (left.fewer <= 0 && limit > least) return this.lower(known, false)
  }

  private enter(limit: number, phase: Phase): void {
    this.limit = limit
    this.phase = phase
    this.round = Rate.make()
  }
}

/** Whether fewer parts reach about the throughput of `high`. */
const isEnough = (throughput: number, high: Known): boolean => throughput >= high.throughput * (1 - largestLoss)
