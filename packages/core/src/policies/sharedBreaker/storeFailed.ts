/**
 * The error of a call that could not be admitted because the store of its circuit did not respond.
 */
import * as ForeignError from "../../errors/ForeignError.ts"
import { Refusal } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"

/** The store failed or did not respond in time; the call was not sent. `cause` is the store's error, if there is one. */
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
