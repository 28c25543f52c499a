/**
 * Polls with a device code until it yields tokens or expires.
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

/** Timers fire up to a few milliseconds early. A code with less time left than this, in seconds, counts as expired. */
const early = 0.02

/** A clock step of more than this many seconds is not a suspend: a device without a battery has learned the date. */
const longestSuspend = 24 * 3600

/** The dependencies of a polling loop. */
export interface Poll {
  /** The address of the polls. */
  readonly url: string
  /** Waits while the network is down. */
  readonly open: Effect.Effect<void>
  /** One poll. */
  readonly once: Effect.Effect<TokenSet, Endpoint.Failure>
  /** The failure if the network was down until the code expired. */
  readonly unreached: Endpoint.Failure
}

/**
 * Polls until tokens arrive, the server rejects the code, or the code expires.
 *
 * **Details**
 *
 * The expiry of the code is a date, so time in suspend counts. Setting the clock moves that date. If the server still says that
 * approval is pending after the expiry, or after a step of more than a day, only the monotonic clock counts.
 *
 * If the last poll got a response, the loop fails with `ExpiredToken`. If the last poll failed, the loop fails with its
 * error, because the code may have been approved.
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

    /** The seconds until the last poll. */
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

/** Whether the server is still waiting for the person. */
const isWaiting = ({ _tag }: Endpoint.Failure): boolean =>
  _tag === "AuthorizationPending" || _tag === "SlowDown" || _tag === "ExpiredToken"

const expired = () =>
  new ExpiredToken({
    status: 0,
    verdict: Verdict.never({ change: "human" }),
    code: "expired_token",
    description: "the code expired while the device was waiting",
  })

/** Whether the response may have contained the tokens: it did not arrive, a gateway lost it, or it cannot be read. */
const mayHoldTokens = (failure: Endpoint.Failure): boolean => {
  if (failure._tag === "AnswerUnreadable") return true
  return ("reached" in failure ? failure.reached : RefreshMeaning.applied(failure)) === "maybe"
}

/** The error of a code that the server rejects because an earlier, unusable response contained its tokens. */
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
