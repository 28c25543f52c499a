/**
 * Time limits for a single attempt, by kind of call.
 *
 * **Details**
 *
 * The time spent waiting at a gate is not part of an attempt.
 *
 * **Gotchas**
 *
 * A timeout ends an attempt by interrupting it, so an effect that cannot be interrupted continues after the timeout.
 */
import * as Duration from "effect/Duration"
import { Stackless } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"

/** The timeout for a basic request. After 15 s without a response, it is better to resend the request. */
export const request = /* @__PURE__ */ Duration.seconds(15)

/**
 * The timeout for a token refresh: 2 min, because giving up after the server has issued a token would force the user to pair
 * again.
 */
export const refresh = /* @__PURE__ */ Duration.minutes(2)

/** The timeout for one chunk of a file: 5 min, which is enough for about 20 MB on a slow network. */
export const chunk = /* @__PURE__ */ Duration.minutes(5)

/** A health probe. */
export const probe = request

/** The attempt exceeded its timeout of `afterMs` milliseconds. It is unknown whether the server processed the request. */
export class AttemptTimedOut extends /* @__PURE__ */ Stackless("AttemptTimedOut") {
  readonly afterMs: number
  readonly verdict: Verdict.Verdict = Verdict.always({ outcome: "failure", applied: "maybe", overdue: true })

  constructor(afterMs: number) {
    super()
    this.afterMs = afterMs
  }

  override get message(): string {
    return `no response within ${Duration.format(Duration.millis(this.afterMs))}`
  }
}
