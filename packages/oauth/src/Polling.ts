/**
 * When to poll next, and when to stop: the arithmetic of RFC 8628 section 3.5. All times are in seconds.
 */
import * as Duration from "effect/Duration"
import * as Backoff from "@holdfast/core/Backoff"
import type { Verdict } from "@holdfast/core/Verdict"
import { shortestInterval } from "./DeviceCode.ts"

/** Where a loop of polls stands. */
export interface State {
  /** The time between two polls; it only ever grows. */
  readonly interval: number
  /** Failed exchanges in a row. */
  readonly failures: number
  /** Whether the loop's one retry of an odd error is gone. */
  readonly once: boolean
  /** The time until the next poll. */
  readonly wait: number
}

/** The failure of a poll, as far as it decides about the next one. */
export interface PollFailure {
  readonly _tag: string
  readonly verdict: Verdict
  readonly interval?: number
}

/** How much every `slow_down` adds to the interval, for good (RFC 8628 section 3.5). */
export const slower = 5

/** No wait after a failed exchange is longer, unless the interval is. */
const cap = Duration.toSeconds(Backoff.guide.cap)

/**
 * The state before the first poll, which also waits one interval, because a person cannot have typed the code yet. An interval
 * below 1 s, or one that is not a number, counts as 1 s.
 */
export const start = (interval: number): State => {
  const sane = interval >= shortestInterval ? interval : shortestInterval
  return { interval: sane, failures: 0, once: false, wait: sane }
}

/** How long before the code expires the last poll is sent, in seconds: it must arrive while the code is valid. */
export const margin = (life: number): number => Math.min(1, life / 2)

/**
 * The time until the next poll, when the last one is due in `left` seconds.
 *
 * **Details**
 *
 * The last poll is sent at its time, however long the interval is: an approval shortly before the end is worth a `slow_down`. A
 * poll that would be sent less than 1 s before the last one is skipped.
 */
export const next = (state: State, left: number): number => (left - state.wait < shortestInterval ? left : state.wait)

/**
 * The state after a failed poll, or `undefined` when it ends the loop.
 *
 * **Details**
 *
 * - pending: the interval again
 * - slow down: an interval that is 5 s longer, or the one the server names if that is longer still
 * - retry always (no connection, a gateway, maintenance): the interval doubled for each failure in a row, at most 32 s
 * - retry once: the same, once in a loop
 * - retry never: the end
 *
 * The server's `Retry-After` lengthens a wait without a cap; the last poll before the code expires ends the wait.
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
