/**
 * The state of a hedge, including the number of copies and the delay computed from the durations of recent calls.
 */
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "../budget/budget.ts"
import { describe } from "./describe.ts"
import { Durations } from "./durations.ts"
import { checked, type Checked, type Options, type Settings } from "./options.ts"

/** A hedge with its current options and recorded durations. */
export class Hedge implements Reloadable<Settings> {
  readonly kind = "hedge"
  readonly name: string
  readonly budget: RetryBudget | undefined
  /** @internal */
  figures: Checked
  private durations: Durations | undefined

  constructor(options: Options) {
    this.name = options.name ?? "hedge"
    this.budget = options.budget
    this.figures = checked(options)
    this.durations = durationsFor(this.figures)
  }

  /** The maximum number of copies of one call. */
  get copies(): number {
    return this.figures.copies
  }

  /** Whether a failure immediately triggers the next copy. */
  get afterFailure(): boolean {
    return this.figures.afterFailure
  }

  /** The delay, in milliseconds, before a copy is sent for a call that starts now. */
  delay(): number {
    const { initial, max, min } = this.figures
    const known = this.durations?.at()
    return known === undefined ? initial : Math.min(Math.max(known, min), max)
  }

  /**
   * Records the duration of a call, in milliseconds. If `alone` is true, the success is also reported to the budget.
   *
   * @internal
   */
  succeeded(ms: number, now: number, alone: boolean): void {
    this.durations?.record(ms, now)
    if (alone) this.budget?.success(now, 0)
  }

  /** @internal */
  describe(): string {
    return describe(this.figures, this.budget)
  }

  /** @internal */
  check(settings: Settings): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checked(settings))
  }

  /** @internal */
  apply(settings: Settings): void {
    const next = checked(settings)
    if (next.percentile !== this.figures.percentile || next.windowMs !== this.figures.windowMs) {
      this.durations = durationsFor(next)
    }
    this.figures = next
  }
}

const durationsFor = ({ percentile, windowMs }: Checked): Durations | undefined =>
  percentile === undefined ? undefined : new Durations(percentile, windowMs)
