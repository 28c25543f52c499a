/**
 * What to do about a failure: the one classification that retries, gates, exit codes and explanations all read.
 *
 * A verdict is data on the error, put there by the row of the error table that decoded it. This module imports no
 * `Schema`, so that policies stay small in a bundle; `VerdictSchema` holds the codec.
 */
import type * as Duration from "effect/Duration"

/** How often the same request may be sent again: until the attempts are spent, one time in a call, or not at all. */
export type Retry = "always" | "once" | "never"

/** Whether the failure is a passing fault or the server's request to send less. */
export type Pace = "transient" | "throttled"

/** The gate that a failure closes for everybody, not for this call alone. */
export type GateName = "connectivity" | "authorization"

/** What has to be different before another attempt can succeed. */
export type Change = "nothing" | "url" | "token" | "plan" | "clock" | "human"

/**
 * The classification of one failure.
 *
 * **Details**
 *
 * `retryAfter` is the server's own hint; the retry policy caps it. `closes` is absent when the failure says nothing
 * about other calls.
 */
export interface Verdict {
  readonly retry: Retry
  readonly pace: Pace
  readonly change: Change
  readonly closes?: GateName
  readonly retryAfter?: Duration.Duration
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

/** Retry one time in a call: probably fatal, yet computers are odd enough for a second look. */
export const once = make("once")

/** Do not retry: the same request must fail again, or must not be sent again. */
export const never = make("never")

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
