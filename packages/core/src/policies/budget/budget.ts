/**
 * The contract between a budget and the stages that spend it.
 */
import type { Verdict } from "../../errors/Verdict.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import type { Options } from "./options.ts"

/**
 * A budget. The stages of a pipeline call the methods of a budget. Custom budgets implement the methods of this interface.
 *
 * **Details**
 *
 * The methods are plain functions, because every call runs two of them. The parameter `now` is in monotonic milliseconds
 * (`Monotonic.millis`). `charge` returns a receipt, which must be passed unchanged to `refund` and `success`. For a token
 * bucket, the receipt is the number of tokens. For a ratio, the receipt identifies the slice of the window.
 */
export interface RetryBudget extends Reloadable<Options> {
  readonly name: string
  /**
   * Reports the first attempt of a call. A ratio counts the first attempts of calls. This method can be called after the
   * attempt has ended, with the time at which the attempt was sent.
   */
  readonly begin: (now: number) => void
  /**
   * Charges the budget for a retry or a hedge when it is scheduled. Returns `undefined` if the budget does not allow the
   * retry or hedge.
   */
  readonly charge: (now: number, verdict: Verdict | undefined) => number | undefined
  /** Refunds the charge of a retry or hedge that was never sent. */
  readonly refund: (now: number, charged: number) => void
  /**
   * Reports that a call succeeded. The parameter `charged` is the receipt of the call's last retry, or 0 if the call was not
   * retried.
   */
  readonly success: (now: number, charged: number) => void
  /** Returns the balance in the budget's own unit: tokens for a token bucket, or retries for a ratio. */
  readonly balance: (now: number) => number
  /**
   * Returns the description of the budget for `Pipeline.describe`. For example: `budget 20 % of the calls in 10 s, and 10/s`.
   */
  readonly describe: () => string
  /**
   * Returns the highest long-run load as a multiple of the number of first attempts. The load is 1.2 for a ratio of 20 %.
   */
  readonly loadFactor: () => number
}
