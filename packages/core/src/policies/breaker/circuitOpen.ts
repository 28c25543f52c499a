/**
 * The error with which a circuit breaker rejects a call.
 */
import * as Duration from "effect/Duration"
import { Refusal } from "../../errors/stackless.ts"
import type { Verdict } from "../../errors/Verdict.ts"
import { time } from "../../time/units.ts"

/**
 * The call was not sent because the circuit is not closed.
 *
 * **Details**
 *
 * `breaker` is the name of the breaker, `reason` states why it rejected the call, and `retryAfter` is the time to wait before
 * retrying. `retryAfter` is the remaining open time, about a second while a probe is in flight, or the time until a ramp
 * would admit the call. The verdict has the same `retryAfter` as the error, so a retry waits at least that long.
 */
export class CircuitOpen extends /* @__PURE__ */ Refusal("CircuitOpen") {
  readonly breaker: string
  readonly reason: string
  /** The value of {@link retryAfter} in milliseconds. */
  readonly retryAfterMs: number
  private verdictOnce: Verdict | undefined = undefined

  constructor(breaker: string, reason: string, retryAfterMs: number) {
    super()
    this.breaker = breaker
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }

  // Built on first use: a caller that is rejected a thousand times a second rarely reads it.
  get verdict(): Verdict {
    return (this.verdictOnce ??= {
      retry: "always",
      pace: "throttled",
      change: "nothing",
      outcome: "ignored",
      applied: "no",
      retryAfter: Duration.millis(this.retryAfterMs),
    })
  }

  get retryAfter(): Duration.Duration {
    return this.verdict.retryAfter ?? Duration.zero
  }

  override get message(): string {
    return `circuit ${this.breaker} is not closed: ${this.reason}; retry in ${time(this.retryAfterMs)}`
  }
}
