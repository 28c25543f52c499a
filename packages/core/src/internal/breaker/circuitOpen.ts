/**
 * The error of a call that a circuit did not let in.
 */
import * as Duration from "effect/Duration"
import type { Verdict } from "../../Verdict.ts"
import { Stackless } from "../stackless.ts"

/**
 * The circuit is not closed, and the call was not sent.
 *
 * **Details**
 *
 * `breaker` is the name of the breaker, `reason` why the call was rejected, and `retryAfter` when to ask again: the rest
 * of the open time, about a second while a probe is under way, the time at which a ramp would admit the call. The same
 * is in the verdict, so a retry waits that long.
 */
export class CircuitOpen extends /* @__PURE__ */ Stackless("CircuitOpen") {
  readonly breaker: string
  readonly reason: string
  readonly retryAfter: Duration.Duration
  readonly verdict: Verdict

  constructor({ breaker, reason, retryAfter }: Pick<CircuitOpen, "breaker" | "reason" | "retryAfter">) {
    super()
    this.breaker = breaker
    this.reason = reason
    this.retryAfter = retryAfter
    this.verdict = { retry: "always", pace: "throttled", change: "nothing", retryAfter }
  }

  override get message(): string {
    return `the circuit of ${this.breaker} is not closed: ${this.reason}; again in ${Duration.format(this.retryAfter)}`
  }
}
