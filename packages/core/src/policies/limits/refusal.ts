/**
 * The verdicts of calls that a limit rejects.
 */
import * as Duration from "effect/Duration"
import * as Verdict from "../../errors/Verdict.ts"
import type { Reason } from "./places.ts"

/**
 * The verdict of a call that a limit rejected: it was not sent, and may be retried after a wait. The service has not received it,
 * so outer policies ignore it.
 */
export const throttled: Verdict.Verdict = /* @__PURE__ */ Verdict.always({
  pace: "throttled",
  outcome: "ignored",
  applied: "no",
})

/** The verdict with the time, in milliseconds, after which a permit may be free; `undefined` if unknown. */
export const refused = (expectedWait: number | undefined): Verdict.Verdict =>
  expectedWait === undefined ? throttled : { ...throttled, retryAfter: Duration.millis(Math.ceil(expectedWait)) }

/** `no place, and none to wait in (4 at once, 0 waiting, a place is expected in 120 ms)` */
export const because = (reason: Reason, permits: number, queued: number, expectedWait: number | undefined): string => {
  const expected = expectedWait === undefined ? "" : `, a place is expected in ${Math.ceil(expectedWait)} ms`
  return `${why[reason]} (${permits} at once, ${queued} waiting${expected})`
}

const why: Readonly<Record<Reason, string>> = {
  full: "no place, and none to wait in",
  tooLate: "no place before the deadline",
  maxWait: "no place for as long as a call may wait",
  displaced: "a more important call took its place in the queue",
}
