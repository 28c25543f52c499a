/**
 * Classifies a failure. Retries, gates, exit codes and explanations all use this classification.
 *
 * A verdict is stored on the error. The error table takes the verdict from the row that matches the response. This module
 * does not import `Schema`, which keeps policies small in a bundle. The codec is in `VerdictSchema`.
 */
import type * as Duration from "effect/Duration"

/**
 * How often the same request may be retried: until no attempts are left (`always`), once per call (`once`), or not at all
 * (`never`).
 */
export type Retry = "always" | "once" | "never"

/** Whether the failure is transient or the server is asking the client to send fewer requests. */
export type Pace = "transient" | "throttled"

/** The gate that a failure closes for all calls. */
export type GateName = "connectivity" | "authorization"

/**
 * Whether the failure shows that the service is unhealthy.
 *
 * **Details**
 *
 * - `failure`: the service failed or could not be reached.
 * - `overload`: the service is healthy but is asking for fewer requests.
 * - `ignored`: the failure concerns this request only.
 *
 * Breakers, throttles, limits and hedges use this field to assess the health of the service. The outcome is independent of
 * `retry`: a 404 may be worth a second attempt, but it does not show that the service is unhealthy.
 */
export type Outcome = "failure" | "overload" | "ignored"

/** Whether the server may have carried out the failed request. */
export type Applied = "no" | "maybe"

/** What has to change before another attempt can succeed. */
export type Change = "nothing" | "url" | "token" | "plan" | "clock" | "human"

/**
 * The classification of one failure.
 *
 * **Details**
 *
 * `retryAfter` is the hint from the vendor itself. The retry policy caps `retryAfter`. `probeAfter` is the hint from a
 * response that an intermediary may have sent. `probeAfter` delays only the first probe of the gate that the response closes.
 * `closes` is absent if the failure does not affect other calls. An error table fills in `outcome` and `applied` when it
 * decodes a response. A verdict that is built by hand may omit `outcome` and `applied`; {@link outcomeOf} and
 * {@link appliedOf} then return the defaults. `overdue` means that no response was received within the caller's time limit.
 * Limits and throttles count an overdue failure as an overload.
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

/** A failure that carries its verdict. Policies require only these properties of an error. */
export interface Classified {
  readonly _tag: string
  readonly verdict: Verdict
}

/** All fields of a verdict except `retry`. */
export type Options = Partial<Omit<Verdict, "retry">>

const make =
  (retry: Retry) =>
  (options: Options = {}): Verdict => ({ retry, pace: "transient", change: "nothing", ...options })

/** Builds a verdict that allows retries until no attempts are left. */
export const always = /* @__PURE__ */ make("always")

/** Builds a verdict that allows one retry per call. The failure is probably permanent, but a second attempt is cheap. */
export const once = /* @__PURE__ */ make("once")

/** Builds a verdict that does not allow retries, because the same request would fail again or must not be sent again. */
export const never = /* @__PURE__ */ make("never")

/**
 * Returns what a failure indicates about the health of the service.
 *
 * **Details**
 *
 * If a verdict has no `outcome`, its other fields determine the default: `ignored` for a rejected token, `overload` if the
 * server is asking for fewer requests, `ignored` if the failure must not be retried, and `failure` otherwise.
 */
export const outcomeOf = ({ closes, outcome, pace, retry }: Verdict): Outcome => {
  if (outcome !== undefined) return outcome
  if (closes === "authorization") return "ignored"
  if (pace === "throttled") return "overload"
  return retry === "never" ? "ignored" : "failure"
}

/**
 * Adds the hint from a response to a verdict.
 *
 * **Details**
 *
 * A hint that comes from the vendor itself delays the retry. Any intermediary can send a hint. If a response does not show
 * that it came from the vendor (`isOwn`), its hint delays only the probe of the gate that the response closes. If that
 * response does not close the connectivity gate, its hint is discarded.
 */
export const withHint = (verdict: Verdict, hint: Duration.Duration | undefined, isOwn: boolean): Verdict => {
  if (hint === undefined) return verdict
  if (isOwn) return { ...verdict, retryAfter: hint }
  return verdict.closes === "connectivity" ? { ...verdict, probeAfter: hint } : verdict
}

/** Returns how long the first probe of a gate waits after the failure that closed the gate. */
export const probeAfterOf = ({ probeAfter, retryAfter }: Verdict): Duration.Duration | undefined =>
  probeAfter ?? retryAfter

/** Returns whether the server may have carried out the request. Default: `maybe`. */
export const appliedOf = ({ applied }: Verdict): Applied => applied ?? "maybe"

/**
 * The statuses that a server uses to ask a client to send a request faster (408), later (425) or less often (429), as defined
 * in these specifications: RFC 9110 section 15.5.9, RFC 8470, RFC 6585.
 */
const overloads: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Fills in `outcome` and `applied` from the status of the response if they are missing.
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
 * For any other status, such as 200 for a response that reports an error, the defaults of {@link outcomeOf} and
 * {@link appliedOf} apply.
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

/** Returns whether a value carries a verdict. */
export const isClassified = (u: unknown): u is Classified =>
  typeof u === "object" &&
  u !== null &&
  "_tag" in u &&
  typeof u._tag === "string" &&
  "verdict" in u &&
  typeof u.verdict === "object" &&
  u.verdict !== null &&
  "retry" in u.verdict
