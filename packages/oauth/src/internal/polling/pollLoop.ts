/**
 * Polls with a device code until tokens arrive or the code expires.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Verdict from "@holdfast/core/Verdict"
import type { DeviceCode } from "../../DeviceCode.ts"
import { ExpiredToken, InvalidGrant } from "../errors/classes.ts"
import * as Polling from "../../Polling.ts"
import * as RefreshMeaning from "../../RefreshMeaning.ts"
import type { TokenSet } from "../../TokenSet.ts"
import { worded } from "./bareError.ts"
import type * as Endpoint from "../endpoint/endpoint.ts"

/** Timers can fire a few milliseconds early. A code counts as expired if at most this many seconds are left. */
const early = 0.02

/**
 * A clock step of more than this many seconds is attributed not to a suspend but to a device without a battery that has set
 * its clock to the current date.
 */
const longestSuspend = 24 * 3600

/** The dependencies of a polling loop. */
export interface Poll {
  /** The address to which the polls are sent. */
  readonly url: string
  /** Waits while the network is down. */
  readonly open: Effect.Effect<void>
  /** One poll. */
  readonly once: Effect.Effect<TokenSet, Endpoint.Failure>
  /** The error that is returned if the network was down until the code expired. */
  readonly unreached: Endpoint.Failure
}

/**
 * Polls until tokens arrive, the server rejects the code, or the code expires.
 *
 * **Details**
 *
 * The code expires at a fixed date, so the time that the device spends suspended also counts. Setting the clock changes how
 * much time is left until the expiry. If the server still reports after the expiry that approval is pending, or if the clock
 * steps by more than a day, only the monotonic clock is used.
 *
 * If the server's response to the last poll was that approval is pending, the loop fails with `ExpiredToken`. If the last
 * poll failed, the loop fails with the error from that poll, because the code may have been approved.
 */
export const run = (code: DeviceCode, { once, open, unreached, url }: Poll) =>
  Effect.gen(function* () {
    const began = yield* now
    const life = (code.expiresAt - began.wall) / 1000
    const until = life - Polling.margin(life)
    let state = Polling.start(code.interval)
    let last: Endpoint.Failure = expired()
    let lost: Endpoint.Failure | undefined
    let clockWasSet = false

    /** The number of seconds until the last poll. */
    const left = Effect.map(now, ({ monotonic, wall }) => {
      const byDuration = until - (monotonic - began.monotonic)
      const byDate = until - (wall - began.wall) / 1000
      const isDated = !clockWasSet && byDuration - byDate < longestSuspend
      return { byDate, shortest: isDated ? Math.min(byDuration, byDate) : byDuration }
    })

    while (true) {
      const { shortest } = yield* left
      const wait = shortest > early ? Polling.next(state, shortest) : undefined
      if (wait === undefined) return yield* Effect.fail(isWaiting(last) ? expired() : last)
      yield* Effect.sleep(Duration.seconds(wait))
      const rest = Math.max((yield* left).shortest, 0) + Polling.margin(life)
      if (Option.isNone(yield* Effect.timeoutOption(open, Duration.seconds(rest)))) {
        return yield* Effect.fail(isWaiting(last) ? unreached : last)
      }
      const answer = yield* Effect.result(once)
      if (Result.isSuccess(answer)) return answer.success
      last = worded(answer.failure, url)
      const next = Polling.after(state, last)
      if (next === undefined) return yield* Effect.fail(lost ? spent(last, lost) : last)
      if (mayHoldTokens(last)) lost = last
      if (isWaiting(last) && (yield* left).byDate <= early) clockWasSet = true
      state = next
    }
  })

const now = Effect.map(Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos]), ([wall, nanos]) => ({
  wall,
  monotonic: Number(nanos) / 1e9,
}))

/** Whether the server is still waiting for the user to approve the sign-in. */
const isWaiting = ({ _tag }: Endpoint.Failure): boolean =>
  _tag === "AuthorizationPending" || _tag === "SlowDown" || _tag === "ExpiredToken"

const expired = () =>
  new ExpiredToken({
    status: 0,
    verdict: Verdict.never({ change: "human" }),
    code: "expired_token",
    description: "the code expired while the device was waiting",
  })

/**
 * Whether the response might have contained the tokens: it did not arrive, was lost by a gateway, or cannot be read.
 */
const mayHoldTokens = (failure: Endpoint.Failure): boolean => {
  if (failure._tag === "AnswerUnreadable") return true
  return ("reached" in failure ? failure.reached : RefreshMeaning.applied(failure)) === "maybe"
}

/** Returns the error for a code that the server rejects because an earlier, unusable response contained the tokens. */
const spent = (error: Endpoint.Failure, earlier: Endpoint.Failure): Endpoint.Failure => {
  if (error._tag !== "InvalidGrant" && error._tag !== "InvalidRequest") return error
  if (earlier._tag === "AnswerUnreadable") return earlier
  return new InvalidGrant({
    verdict: error.verdict,
    code: error.code,
    status: error.status,
    description: "the response to an earlier poll was lost, and it probably contained the tokens; request a new code",
  })
}
