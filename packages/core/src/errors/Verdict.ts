/**
 * Classifies a failure. Retries, gates, exit codes and explanations all read this one classification.
 *
 * A verdict is data on the error, taken from the row of the error table that decoded it. This module does not import `Schema`,
 * so that policies stay small in a bundle; `VerdictSchema` holds the codec.
 */
import type * as Duration from "effect/Duration"

/** How often the same request may be retried: until no attempts are left, once per call, or never. */
export type Retry = "always" | "once" | "never"

/** Whether the failure is transient or a request of the server to send less. */
export type Pace = "transient" | "throttled"

/** The gate that a failure closes for every call. */
export type GateName = "connectivity" | "authorization"

/**
 * Whether the failure shows that the service is unhealthy.
 *
 * **Details**
 *
 * - `failure`: the service failed or could not be reached.
 * - `overload`: the service is healthy but asks for fewer requests.
 * - `ignored`: the failure concerns this request only.
 *
 * Breakers, throttles, limits and hedges read only this field. It is independent of `retry`: a 404 may be worth a second
 * attempt but says nothing about the health of the service.
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
 * `retryAfter` is the vendor's own hint; the retry policy caps it. `probeAfter` is the hint of a response that may come from an
 * intermediary. It delays only the first probe of the gate that the response closes. `closes` is absent if the failure says
 * nothing about other calls. An error table fills in `outcome` and `applied` when it decodes. A verdict made by hand may omit
 * them; {@link outcomeOf} and {@link appliedOf} then return the defaults. `overdue` means that no response came within the
 * caller's time limit; a limit and a throttle count it as an overload.
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

/** A failure that carries its verdict. Policies require nothing else of an error. */
export interface Classified {
  readonly _tag: string
  readonly verdict: Verdict
}

/** All fields of a verdict except `retry`. */
export type Options = Partial<Omit<Verdict, "retry">>

const make =
  (retry: Retry) =>
  (options: Options = {}): Verdict => ({ retry, pace: "transient", change: "nothing", ...options })

/** Retry until no attempts are left. */
export const always = make("always")

/** Retry once per call: the failure is probably permanent, but a second attempt is cheap. */
export const once = make("once")

/** Do not retry: the same request would fail again or must not be sent again. */
export const never = make("never")

/**
 * What a failure says about the health of the service.
 *
 * **Details**
 *
 * A verdict without `outcome` gets a default from its other fields: `ignored` for a rejected token, `overload` for a request to
 * send less, `ignored` if the same request can only fail again, and `failure` otherwise.
 */
export const outcomeOf = ({ closes, outcome, pace, retry }: Verdict): Outcome => {
  if (outcome !== undefined) return outcome
  if (closes === "authorization") return "ignored"
  if (pace === "throttled") return "overload"
  return retry === "never" ? "ignored" : "failure"
}

/**
 * Adds the hint of a response to a verdict.
 *
 * **Details**
 *
 * The vendor's own hint delays the retry. Any intermediary can send a hint, so a response that does not show that the vendor
 * sent it (`isOwn`) only delays the probe of the gate that it closes. If it closes no gate, the hint is dropped.
 */
export const withHint = (verdict: Verdict, hint: Duration.Duration | undefined, isOwn: boolean): Verdict => {
  if (hint === undefined) return verdict
  if (isOwn) return { ...verdict, retryAfter: hint }
  return verdict.closes === "connectivity" ? { ...verdict, probeAfter: hint } : verdict
}

/** How long the first probe of a gate waits after the failure that closed the gate. */
export const probeAfterOf = ({ probeAfter, retryAfter }: Verdict): Duration.Duration | undefined =>
  probeAfter ?? retryAfter

/** Whether the server may have carried out the request. Default: `maybe`. */
export const appliedOf = ({ applied }: Verdict): Applied => applied ?? "maybe"

/** The statuses with which a server asks for fewer or faster requests: RFC 9110 section 15.5.9, RFC 8470, RFC 6585. */
const overloads: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Fills in a missing `outcome` and `applied` from the status of the response.
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
 * For any other status, such as an error reported with 200, the defaults of {@link outcomeOf} and {@link appliedOf} apply.
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
