/**
 * The options of a hedge and their validation.
 */
import type * as Duration from "effect/Duration"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "../budget/budget.ts"

/** A delay that adapts to the durations of recent calls. */
export interface Percentile {
  /**
   * The fraction of calls that finish before a copy is sent, greater than 0 and at most 0.999. With 0.95, a copy is sent for
   * 5 % of calls.
   */
  readonly percentile: number
  /** The shortest delay. Default: 1 ms. */
  readonly min?: Duration.Input | undefined
  /** The longest delay. Default: 1 min. */
  readonly max?: Duration.Input | undefined
  /**
   * The delay that applies while too few durations are available to compute the percentile (fewer than 20 for 0.95). Default:
   * `max`.
   */
  readonly initial?: Duration.Input | undefined
  /**
   * How long a recorded duration affects the percentile. If calls are rare, recorded durations affect the percentile for
   * longer. Default: 1 min.
   */
  readonly window?: Duration.Input | undefined
}

/** The options of a hedge that a settings file can contain. */
export interface Settings {
  /**
   * The time without a response after which a copy is sent. The time is either fixed or a percentile of the durations of
   * recent calls.
   */
  readonly delay: Duration.Input | Percentile
  /** The maximum number of copies of one call. Each copy is sent one delay after the previous request. Default: 1. */
  readonly max?: number | undefined
  /**
   * Whether the next copy is sent immediately after a failed request, as in gRPC's hedging, instead of after the delay. A
   * failure does not trigger a copy if it asks for fewer requests, contains a hint or closes a gate. Default: false.
   */
  readonly afterFailure?: boolean | undefined
}

/** The options of a hedge. */
export interface Options extends Settings {
  /** The name for events. Default: `hedge`. */
  readonly name?: string | undefined
  /** The budget to which every copy is charged. Hedges and retries can share a budget. Default: none. */
  readonly budget?: RetryBudget | undefined
}

/** The checked options. */
export interface Checked {
  readonly copies: number
  readonly afterFailure: boolean
  /** The bounds of the delay, and the delay that applies while the percentile is unknown, in milliseconds. */
  readonly min: number
  readonly max: number
  readonly initial: number
  /** The percentile, which is absent if the delay is fixed. */
  readonly percentile: number | undefined
  readonly windowMs: number
}

// The defaults; `defaults.ts` has their sources.
export const defaultMax = 1
export const defaultAfterFailure = false

// The defaults of a percentile delay, in milliseconds.
export const defaultDelayMin = 1
export const defaultDelayMax = 60_000
export const defaultDelayWindow = 60_000

const read = /* @__PURE__ */ InvalidPolicy.reader("Hedge")
const aboveZero = { min: 0, above: true }

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checked = (options: Options): Checked => {
  read.known(options, { delay: true, max: true, afterFailure: true, name: true, budget: true })
  const { afterFailure = defaultAfterFailure, delay, max: copies = defaultMax } = options
  if (options.budget !== undefined) read.made("budget", options.budget, "RetryBudget.make")
  if (typeof afterFailure !== "boolean") read.refuse("afterFailure", afterFailure, "true or false")
  read.integer("max", copies, { min: 1, max: 10 })
  if (typeof delay !== "object" || !("percentile" in delay)) {
    const ms = read.millis("delay", delay, aboveZero)
    return { copies, afterFailure, min: ms, max: ms, initial: ms, percentile: undefined, windowMs: 0 }
  }
  read.known(delay, { percentile: true, min: true, max: true, initial: true, window: true }, "delay.")
  const percentile = read.number("delay.percentile", delay.percentile, { ...aboveZero, max: 0.999 })
  const min = read.millis("delay.min", delay.min ?? defaultDelayMin, aboveZero)
  const max = read.millis("delay.max", delay.max ?? Math.max(min, defaultDelayMax), { min })
  const initial = read.millis("delay.initial", delay.initial ?? max, { min, max })
  const windowMs = read.millis("delay.window", delay.window ?? defaultDelayWindow, aboveZero)
  return { copies, afterFailure, min, max, initial, percentile, windowMs }
}
