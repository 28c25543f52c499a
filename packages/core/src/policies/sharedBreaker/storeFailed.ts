/**
 * The error for a call that could not be admitted because the store of its circuit failed or did not respond.
 */
import * as ForeignError from "../../errors/ForeignError.ts"
import { Refusal } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"

/**
 * The call was not sent because the store failed or did not respond in time. `cause` is the error from the store, if the
 * store reported one.
 */
export class CircuitStoreFailed extends /* @__PURE__ */ Refusal("CircuitStoreFailed") {
  readonly breaker: string
  override readonly cause: unknown
  readonly verdict: Verdict.Verdict = Verdict.always({ outcome: "ignored", applied: "no" })

  constructor({ breaker, cause }: Pick<CircuitStoreFailed, "breaker" | "cause">) {
    super()
    this.breaker = breaker
    this.cause = ForeignError.keep(cause)
  }

  override get message(): string {
    return `the store of circuit ${this.breaker} ${this.cause === undefined ? "does not respond" : "failed"}`
  }
}
