/**
 * A hedge: its delay, from the durations of recent calls, and how many copies a call has.
 */
import type { Reloadable } from "../../pipeline/engine/guard.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import { time } from "../../time/units.ts"
import type { RetryBudget } from "../budget/budget.ts"
import { Durations } from "./durations.ts"
import { figures, type Figures, type Options, type Settings } from "./options.ts"

/** What one attempt comes to at most: the requests, the load in the long run, and the last copy's start, in milliseconds. */
export interface Worst {
  readonly attempts: number
  readonly load: number
  readonly lateness: number
}

/** A hedge. */
export class Hedge implements Reloadable<Settings> {
  readonly kind = "hedge"
  readonly name: string
  readonly budget: RetryBudget | undefined
  private figures: Figures
  private durations: Durations | undefined

  /** @internal */
  constructor(options: Options) {
    this.name = options.name ?? "hedge"
    this.budget = options.budget
    this.figures = figures(options)
    this.durations = durationsFor(this.figures)
  }

  /** The most copies of one call. */
  get copies(): number {
    return this.figures.copies
  }

  /** Whether a failure sends the next copy at once. */
  get afterFailure(): boolean {
    return this.figures.afterFailure
  }

  /** The time, in milliseconds, after which a call that begins now gets a copy. */
  delay(): number {
    const { initial, max, min } = this.figures
    const known = this.durations?.at()
    return known === undefined ? initial : Math.min(Math.max(known, min), max)
  }

  /** A call has taken so many milliseconds; `alone` if nobody else tells the budget. */
  succeeded(ms: number, now: number, alone: boolean): void {
    this.durations?.record(ms, now)
    if (alone) this.budget?.success(now, 0)
  }

  describe(): string {
    const { afterFailure, copies, max, min, percentile } = this.figures
    const delay = percentile === undefined ? time(max) : `p${percentile * 100} (${time(min)} to ${time(max)})`
    const paid = this.budget === undefined ? "" : `, ${this.budget.describe()}`
    const early = afterFailure ? " or a failure" : ""
    return `hedge ${copies === 1 ? "" : `${copies} copies, each `}after ${delay}${early}${paid}`
  }

  worst(): Worst {
    const { copies, max } = this.figures
    const attempts = 1 + copies
    return { attempts, load: Math.min(attempts, this.budget?.loadFactor() ?? Infinity), lateness: copies * max }
  }

  check(settings: Settings): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => figures(settings))
  }

  apply(settings: Settings): void {
    const next = figures(settings)
    if (next.percentile !== this.figures.percentile || next.windowMs !== this.figures.windowMs) {
      this.durations = durationsFor(next)
    }
    this.figures = next
  }
}

const durationsFor = ({ percentile, windowMs }: Figures): Durations | undefined =>
  percentile === undefined ? undefined : new Durations(percentile, windowMs)
