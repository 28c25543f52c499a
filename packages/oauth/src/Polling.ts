/**
 * Decides when to send the next poll and when to stop polling, as specified in RFC 8628 section 3.5. All times are in
 * seconds.
 */
import * as Duration from "effect/Duration"
import * as Backoff from "@holdfast/core/Backoff"
import type { Verdict } from "@holdfast/core/Verdict"
import { shortestInterval } from "./DeviceCode.ts"

/** The state of a polling loop. */
export interface State {
  /** The time between two polls. It never shrinks. */
  readonly interval: number
  /** The number of consecutive failed exchanges. */
  readonly failures: number
  /** Whether the loop has already used the one retry that it allows after an unexpected error. */
  readonly once: boolean
  /** The time until the next poll. */
  readonly wait: number
}

/** The properties of a failed poll that determine whether and when the next poll is sent. */
export interface PollFailure {
  readonly _tag: string
  readonly verdict: Verdict
  readonly interval?: number
}

/** The number of seconds by which each `slow_down` permanently lengthens the interval (RFC 8628 section 3.5). */
export const slower = 5

/** The maximum wait after a failed exchange, unless the polling interval is longer. */
const cap = Duration.toSeconds(Backoff.guide.cap)

/**
 * Returns the state before the first poll. The first poll also waits for one interval, because the user needs time to type
 * the code. An interval that is shorter than 1 s or is not a number is treated as 1 s.
 */
export const start = (interval: number): State => {
  const sane = interval >= shortestInterval ? interval : shortestInterval
  return { interval: sane, failures: 0, once: false, wait: sane }
}

/**
 * The number of seconds by which the last poll precedes the expiry of the code, so that the poll arrives while the code is
 * still valid.
 */
export const margin = (life: number): number => Math.min(1, life / 2)

/**
 * Returns the time until the next poll, given that the last poll is due in `left` seconds.
 *
 * **Details**
 *
 * The last poll is sent on time even if the interval has not passed, because detecting a late approval is worth a
 * `slow_down`. A poll that is due less than 1 s before the last poll is skipped.
 */
export const next = (state: State, left: number): number => (left - state.wait < shortestInterval ? left : state.wait)

/**
 * Returns the state after a failed poll, or `undefined` if the failure ends the loop.
 *
 * **Details**
 *
 * - pending: the unchanged interval
 * - slow down: the interval plus 5 s, or the server's interval if that is longer
 * - retry `always` (no connection, a gateway, maintenance): the interval, doubled for each consecutive failure, at most 32 s
 * - retry `once`: the same wait as for `always`, but only once in a loop
 * - retry `never`: the loop ends
 *
 * The server's `Retry-After` can lengthen a wait without limit. The wait ends no later than the time of the last poll before
 * the code expires.
 */
export const after = (state: State, failure: PollFailure): State | undefined => {
  const { retry, retryAfter } = failure.verdict
  if (retry === "never" || (retry === "once" && state.once)) return undefined
  const hint = retryAfter === undefined ? 0 : Duration.toSeconds(retryAfter)
  switch (failure._tag) {
    case "AuthorizationPending":
      return { ...state, failures: 0, wait: Math.max(state.interval, hint) }
    case "SlowDown": {
      const interval = Math.max(state.interval + slower, failure.interval ?? 0)
      return { ...state, interval, failures: 0, wait: Math.max(interval, hint) }
    }
    default: {
      const failures = state.failures + 1
      const wait = Math.max(state.interval, Math.min(state.interval * 2 ** failures, cap))
      return { ...state, failures, once: state.once || retry === "once", wait: Math.max(wait, hint) }
    }
  }
}
