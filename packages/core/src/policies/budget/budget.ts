/**
 * The contract between a budget and the stages that spend it.
 */
import type { Verdict } from "../../errors/Verdict.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import type { Options } from "./options.ts"

/**
 * A budget. Its methods are called by the stages of a pipeline. Custom budgets implement them.
 *
 * **Details**
 *
 * The methods are plain functions, because every call runs two of them; `now` is in monotonic milliseconds
 * (`Monotonic.millis`). `charge` returns a receipt (the tokens of a bucket, the slice of a ratio's window), which `refund` and
 * `success` take unchanged.
 */
export interface RetryBudget extends Reloadable<Options> {
  readonly name: string
  /**
   * Reports the first attempt of a call, which a ratio counts. May be called after the attempt has ended, with the time of its
   * sending.
   */
  readonly begin: (now: number) => void
  /** Charges for a retry or a hedge when it is scheduled; returns `undefined` if the budget does not allow it. */
  readonly charge: (now: number, verdict: Verdict | undefined) => number | undefined
  /** Refunds the charge of a retry or hedge that was never sent. */
  readonly refund: (now: number, charged: number) => void
  /** Reports that a call succeeded; `charged` is the receipt of its last retry, or 0 if it had none. */
  readonly success: (now: number, charged: number) => void
  /** The balance in the budget's own unit: tokens of a bucket, or retries of a ratio. */
  readonly balance: (now: number) => number
  /** Describes the budget for `Pipeline.describe`: `budget 20 % of the calls in 10 s, and 10/s`. */
  readonly describe: () => string
  /** The highest load in the long run, as a factor of first attempts: 1.2 for a ratio of 20 %. */
  readonly loadFactor: () => number
}
