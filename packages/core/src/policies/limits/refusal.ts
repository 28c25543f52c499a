/**
 * The verdicts for calls that a limit rejects.
 */
import * as Duration from "effect/Duration"
import * as Verdict from "../../errors/Verdict.ts"
import type { Reason } from "./places.ts"

/**
 * The verdict for a call that a limit rejected. The call was not sent and can be retried after a wait. Outer policies do not
 * count the rejection as an outcome of the service, because the service has not received the call.
 */
export const throttled: Verdict.Verdict = /* @__PURE__ */ Verdict.always({
  pace: "throttled",
  outcome: "ignored",
  applied: "no",
})

/**
 * Adds to the verdict the expected time, in milliseconds, until a permit is free. The value `undefined` means that the time
 * is unknown.
 */
export const refused = (expectedWait: number | undefined): Verdict.Verdict =>
  expectedWait === undefined ? throttled : { ...throttled, retryAfter: Duration.millis(Math.ceil(expectedWait)) }

/** Formats the error message for a rejected call: `bulkhead full: 4 running, 2 queued; a permit is expected in 120 ms`. */
export const message = (
  name: string,
  reason: Reason,
  permits: number,
  queued: number,
  expectedWait: number | undefined,
): string => {
  const expected = expectedWait === undefined ? "" : `; a permit is expected in ${Math.ceil(expectedWait)} ms`
  return `${name}${why[reason]}: ${permits} running, ${queued} queued${expected}`
}

const why: Readonly<Record<Reason, string>> = {
  full: " full",
  tooLate: ": no permit is available before the deadline",
  maxWait: ": no permit within maxWait",
  displaced: ": displaced from the queue by a call with higher priority",
}
