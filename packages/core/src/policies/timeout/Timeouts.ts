/**
 * Time limits of one attempt, by the kind of call.
 *
 * **Details**
 *
 * Waiting at a gate is not part of an attempt.
 *
 * **Gotchas**
 *
 * A timeout ends an attempt by interrupting it, so an effect that cannot be interrupted outlives it.
 */
import * as Duration from "effect/Duration"
import { Stackless } from "../../errors/stackless.ts"
import * as Verdict from "../../errors/Verdict.ts"

/** A basic request: after 15 s it is better to resend it. */
export const request = Duration.seconds(15)

/** A token refresh: 2 min, because giving up after the server has issued a token would force the person to pair again. */
export const refresh = Duration.minutes(2)

/** One chunk of a file: 5 min, enough for about 20 MB on a slow network. */
export const chunk = Duration.minutes(5)

/** A health probe. */
export const probe = request

/** An attempt exceeded its timeout of `afterMs`. It is unknown whether the server acted. */
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
