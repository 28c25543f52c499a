/**
 * What to do about a failure: the one classification that retries, gates, exit codes and explanations all read.
 *
 * A verdict is data on the error, put there by the row of the error table that decoded it. This module imports no
 * `Schema`, so that policies stay small in a bundle; `VerdictSchema` holds the codec.
 */
import type * as Duration from "effect/Duration"

/** How often the same request may be retried: until the attempts are spent, once in a call, or never. */
export type Retry = "always" | "once" | "never"

/** Whether the failure is a passing fault or the server's request to send less. */
export type Pace = "transient" | "throttled"

/** The gate that a failure closes for every call. */
export type GateName = "connectivity" | "authorization"

/**
 * Whether the failure shows that the service is unhealthy.
 *
 * **Details**
 *
 * - `failure`: the service failed or could not be reached.
 * - `overload`: the service works, and asks for fewer requests.
 * - `ignored`: the failure is about this request alone.
 *
 * Breakers, throttles, limits and hedges read only this. It is independent of `retry`: a 404 may be worth a second attempt, but
 * says nothing about the health of the service.
 */
export type Outcome = "failure" | "overload" | "ignored"

/** Whether the server may have carried out the failed request. */
export type Applied = "no" | "maybe"

/** What has to be different before another attempt can succeed. */
export type Change = "nothing" | "url" | "token" | "plan" | "clock" | "human"

/**
 * The classification of one failure.
 *
 * **Details**
 *
 * `retryAfter` is the server's own hint; the retry policy caps it. `probeAfter` is the hint of a response that an intermediary
 * may have sent: it delays the first probe of the gate that the response closes, and no retry. `closes` is absent when the
 * failure says nothing about other calls. An error table fills `outcome` and `applied` when it decodes; a verdict made by
 * hand may leave them out, and {@link outcomeOf} and {@link appliedOf} then give the defaults. `overdue` says that no answer came within the
 * time that the caller allowed: a limit and a throttle count that as they count an overload.
 */
export interface Verdict {
  readonly retry: Retry
  readonly pace: Pace
  readonly change: Change
  readonly closes?: GateName
  readonly outcome?: Outcome
  readonly applied?: Applied
  readonly overdue?: boolean
  readonly retryAfter?: Duration.Duration
  readonly probeAfter?: Duration.Duration
}

/** A failure that knows its verdict: all that policies ask of an error. */
export interface Classified {
  readonly _tag: string
  readonly verdict: Verdict
}

/** Everything about a verdict but how often to retry. */
export type Options = Partial<Omit<Verdict, "retry">>

const make =
  (retry: Retry) =>
  (options: Options = {}): Verdict => ({ retry, pace: "transient", change: "nothing", ...options })

/** Retry until the attempts are spent. */
export const always = make("always")

/** Retry once in a call: the failure is probably final, but a second attempt is cheap. */
export const once = make("once")

/** Do not retry: the same request must fail again, or must not be sent again. */
export const never = make("never")

/**
 * What a failure says about the service.
 *
 * **Details**
 *
 * The default outcome of a verdict follows from its other fields: `ignored` for a refused token, `overload` for a request to send
 * less, `ignored` if the same request can only fail again, and otherwise `failure`.
 */
export const outcomeOf = ({ closes, outcome, pace, retry }: Verdict): Outcome => {
  if (outcome !== undefined) return outcome
  if (closes === "authorization") return "ignored"
  if (pace === "throttled") return "overload"
  return retry === "never" ? "ignored" : "failure"
}

/**
 * The verdict with the hint of a response.
 *
 * **Details**
 *
 * The vendor's own hint delays the retry. Any intermediary can send one, so without a sign of the vendor (`isOwn`) a hint only
 * delays the probe of the gate that the response closes. If it closes none, the hint is dropped.
 */
export const withHint = (verdict: Verdict, hint: Duration.Duration | undefined, isOwn: boolean): Verdict => {
  if (hint === undefined) return verdict
  if (isOwn) return { ...verdict, retryAfter: hint }
  return verdict.closes === "connectivity" ? { ...verdict, probeAfter: hint } : verdict
}

/** How long the first probe of a gate waits after the failure that closes it. */
export const probeAfterOf = ({ probeAfter, retryAfter }: Verdict): Duration.Duration | undefined =>
  probeAfter ?? retryAfter

/** Whether the server may have carried out the request. Default: `maybe`. */
export const appliedOf = ({ applied }: Verdict): Applied => applied ?? "maybe"

/** The statuses by which a server asks for fewer or quicker requests: RFC 9110 section 15.5.9, RFC 8470, RFC 6585. */
const overloads: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * The verdict with missing `outcome` and `applied` filled in from the status of the response.
 *
 * **Details**
 *
 * | status | outcome | applied |
 * | --- | --- | --- |
 * | 408, 425, 429, and every throttled verdict | `overload` | as below |
 * | other 4xx | `ignored` | `no` |
 * | 503 | `failure` | `no` |
 * | other 5xx | `failure` | `maybe` |
 *
 * Any other status, such as an error reported with 200, leaves the defaults of {@link outcomeOf} and {@link appliedOf}.
 */
export const withStatus = (verdict: Verdict, status: number): Verdict =>
  verdict.outcome !== undefined && verdict.applied !== undefined
    ? verdict
    : {
        ...verdict,
        outcome: verdict.outcome ?? outcomeOfStatus(verdict, status),
        applied: verdict.applied ?? appliedOfStatus(status),
      }

const outcomeOfStatus = (verdict: Verdict, status: number): Outcome => {
  if (verdict.pace === "throttled" || overloads.has(status)) return "overload"
  if (status >= 500) return "failure"
  return status >= 400 ? "ignored" : outcomeOf(verdict)
}

const appliedOfStatus = (status: number): Applied =>
  (status >= 400 && status < 500) || status === 503 ? "no" : "maybe"

/** Whether a value carries a verdict. */
export const isClassified = (u: unknown): u is Classified =>
  typeof u === "object" &&
  u !== null &&
  "_tag" in u &&
  typeof u._tag === "string" &&
  "verdict" in u &&
  typeof u.verdict === "object" &&
  u.verdict !== null &&
  "retry" in u.verdict
