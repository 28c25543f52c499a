/**
 * The options of a hedge, read.
 */
import type * as Duration from "effect/Duration"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "../budget/budget.ts"

/** A delay that follows how long recent calls took. */
export interface Percentile {
  /** Which part of the calls answers before a copy is sent, above 0 and at most 0.999: 0.95 sends one for 5 % of them. */
  readonly percentile: number
  /** The shortest delay. Default: 1 ms. */
  readonly min?: Duration.Input | undefined
  /** The longest delay. Default: 1 min. */
  readonly max?: Duration.Input | undefined
  /** The delay while too few calls were seen to know the percentile: 20 for 0.95. Default: `max`. */
  readonly initial?: Duration.Input | undefined
  /** For how long a duration counts; longer where calls are rare. Default: 1 min. */
  readonly window?: Duration.Input | undefined
}

/** What a file can hold of a hedge's options. */
export interface Settings {
  /** The time without an answer after which a copy is sent: fixed, or a percentile of recent calls. */
  readonly delay: Duration.Input | Percentile
  /** The most copies of one call; the second is sent one more delay after the first. Default: 1. */
  readonly max?: number | undefined
  /**
   * Whether a failed request sends the next copy immediately, as in gRPC's hedging, instead of waiting for the delay. A
   * failure that asks for fewer requests, has a hint or closes a gate sends none. Default: no.
   */
  readonly afterFailure?: boolean | undefined
}

/** How calls are hedged. */
export interface Options extends Settings {
  /** For events. Default: `hedge`. */
  readonly name?: string | undefined
  /** Pays for every copy that is sent; may be shared by any number of hedges and retries. Default: none. */
  readonly budget?: RetryBudget | undefined
}

/** The checked options. */
export interface Checked {
  readonly copies: number
  readonly afterFailure: boolean
  /** The bounds of the delay, and the delay while the percentile is unknown, in milliseconds. */
  readonly min: number
  readonly max: number
  readonly initial: number
  /** Absent for a fixed delay. */
  readonly percentile: number | undefined
  readonly windowMs: number
}

// The defaults; `defaults.ts` has their sources.
export const defaultMax = 1
export const defaultAfterFailure = false

// The defaults of a delay by percentile, in milliseconds.
export const defaultDelayMin = 1
export const defaultDelayMax = 60_000
export const defaultDelayWindow = 60_000

const read = /* @__PURE__ */ InvalidPolicy.reader("Hedge")
const aboveZero = { min: 0, above: true }

/** Checks the options; throws an `InvalidPolicy`. */
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
