/**
 * The contract between a budget and the stages that spend it.
 */
import type { Verdict } from "../../errors/Verdict.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import type { Options } from "./options.ts"

/**
 * A budget. Its methods are for the stages of a pipeline and for budgets of one's own.
 *
 * **Details**
 *
 * Plain functions, because every call runs two of them; `now` is in monotonic milliseconds (`Monotonic.millis`). What `charge` returns
 * is a receipt: tokens in a bucket, the slice of the window in a ratio. It is handed back as it is.
 */
export interface RetryBudget extends Reloadable<Options> {
  readonly name: string
  /** Reports the first attempt of a call, which a ratio counts. May be reported after it ended, with the time at which it was sent. */
  readonly begin: (now: number) => void
  /** Charges for a retry or a hedge when it is scheduled; `undefined` when there is no budget for it. */
  readonly charge: (now: number, verdict: Verdict | undefined) => number | undefined
  /** Gives back a charge whose retry or hedge was never sent. */
  readonly refund: (now: number, charged: number) => void
  /** A call succeeded; `charged` is the receipt of its last retry, or 0 where there was none. */
  readonly success: (now: number, charged: number) => void
  /** What is left, in the budget's own unit: tokens of a bucket, retries of a ratio. */
  readonly balance: (now: number) => number
  /** For `Pipeline.describe`: `budget 20 % of the calls in 10 s, and 10/s`. */
  readonly describe: () => string
  /** The load at most in the long run, as a factor of first attempts: 1.2 for a ratio of 20 %. */
  readonly loadFactor: () => number
}
