/**
 * Compares the clock of this machine with the `Date` header of the API's response.
 */
import * as TransportCause from "@holdfast/http/TransportCause"
import * as Result from "effect/Result"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import type { Health } from "../Health.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** The clock difference from which the check reports a warning: 30 s. A slow answer explains smaller differences. */
const suspect = 30_000

/** The clock difference from which the check reports a problem: 5 min, from which `upload` reports it too. */
const wrong = 300_000

const remedy = "set the clock of this machine, for example with NTP (timedatectl set-ntp true)"

const compare = (health: Health): Finding.Finding => {
  if (Result.isFailure(health.result)) {
    const error = health.result.failure
    const fault = "detail" in error ? TransportCause.certificateFault(error.detail ?? "") : undefined
    return fault === "expired" || fault === "not yet valid"
      ? Finding.warning(
          "a certificate seems to have expired or not to be valid yet, which a wrong clock causes",
          remedy,
        )
      : Finding.skipped("the API did not answer")
  }
  if (health.aheadMs === undefined) return Finding.skipped("the answer of the API does not state the time")
  const aheadMs = Math.round(health.aheadMs)
  const off = Math.abs(aheadMs)
  const details = { aheadMs }
  const direction = aheadMs > 0 ? "ahead of" : "behind"
  const text = `${off < 90_000 ? Format.span(off) : Format.longSpan(off)} ${direction} the clock of the API`
  if (off >= wrong) return Finding.problem("local", text, remedy, details)
  if (off >= suspect) return Finding.warning(text, remedy, details)
  return Finding.ok(off < 2000 ? "agrees with the clock of the API" : text, details)
}

export const check: Check = {
  name: "clock",
  timeoutMs: Subject.healthMs,
  late: Finding.skipped("the API did not answer"),
  run: (subject) => Subject.withHealth(subject, compare),
}
