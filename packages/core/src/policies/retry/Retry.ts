/**
 * The retry policy: a `Schedule` that takes the error as its input and obeys the error's verdict.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import * as Backoff from "../backoff/Backoff.ts"
import { Obeyed } from "./obeyed.ts"
import { rules, type Hints, type Options, type Settings } from "./options.ts"

export { defaultAttempts, defaultHintCap, rules } from "./options.ts"
export type { Hints, Options, Rules, Settings } from "./options.ts"

/**
 * What a call has used of its retries: its attempts, its single `once` retry, and whether its last failure was a rejected
 * token.
 */
export interface Spent {
  readonly attempts: number
  readonly once: boolean
  readonly token: boolean
}

/** The state after the first failed attempt. */
export const fresh: Spent = { attempts: 1, once: false, token: false }

/**
 * The state after one more failure, or `undefined` if the verdict or the limit allows no further attempt.
 *
 * **Details**
 *
 * A call has a single `once` retry, used by the first error with that verdict. An error that closes the authorization gate is
 * counted separately, because the next attempt has another token. It is retried unless the previous attempt, with the previous
 * token, failed for the same reason.
 */
export const spend = (spent: Spent, { closes, retry }: Verdict, attempts: number): Spent | undefined => {
  if (retry === "never" || spent.attempts >= attempts) return undefined
  const token = retry === "once" && closes === "authorization"
  const once = retry === "once" && !token
  if ((token && spent.token) || (once && spent.once)) return undefined
  return { attempts: spent.attempts + 1, once: spent.once || once, token }
}

/** The wait in milliseconds if the server sent a hint: at least the hint, limited by the cap. */
export const hinted = (wait: number, hint: number, cap: number): number => Math.max(wait, Math.min(hint, cap))

/** Whether a hint, in milliseconds, exceeds the longest wait of the policy. */
export const beyond = ({ clamp, hintCap }: Hints, hint: number): boolean => !clamp && hint > hintCap

/**
 * A policy for errors with a verdict. It outputs the wait.
 *
 * **Details**
 *
 * `always` is retried until no attempts are left, `once` is retried once per call, and `never` is not retried. The server's
 * hint (`retryAfter`) is the shortest wait. A hint beyond `hintCap` ends the retries, and the error carries the hint; with
 * `beyondHintCap: "clamp"` the wait is `hintCap`. The schedule holds the state of one call, and each use of the value starts
 * over. Throws an `InvalidPolicy` for invalid options.
 *
 * **Gotchas**
 *
 * `Effect.retry` retries typed failures only. Interruptions are never retried; `Pipeline` describes how defects are handled.
 */
export const policy = (options: Options = {}): Schedule.Schedule<Duration.Duration, Classified> => {
  const { backoff = {}, ...rest } = options
  const waits = Schedule.isSchedule(backoff) ? backoff : Backoff.schedule(backoff)
  const { attempts, clamp, hintCap } = rules(rest)
  const hints: Hints = { clamp, hintCap }
  const permission = Schedule.fromStep<Classified, Duration.Duration, never, never, never, never>(
    Effect.sync(() => {
      let spent: Spent | undefined = fresh
      return (_now: number, error: Classified) => {
        spent = spent && spend(spent, error.verdict, attempts)
        const ended = spent === undefined || beyond(hints, hintOf(error))
        return Effect.flatMap(Obeyed, (obeyed) => {
          if (obeyed !== undefined) obeyed.hints = hints
          return ended ? Cause.done(Duration.zero) : Effect.succeed(none)
        })
      }
    }),
  )
  const schedule = Schedule.max([permission, waits]).pipe(
    Schedule.setInputType<Classified>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        input.verdict.retryAfter === undefined
          ? duration
          : Duration.millis(hinted(Duration.toMillis(duration), hintOf(input), hintCap)),
      ),
    ),
  )
  if (!Schedule.isSchedule(backoff)) known.set(schedule, { ...rest, backoff })
  return schedule
}

const none: [Duration.Duration, Duration.Duration] = [Duration.zero, Duration.zero]

/** The server's hint, in milliseconds; 0 if there is none. */
export const hintOf = ({ verdict: { retryAfter } }: Classified): number =>
  retryAfter === undefined ? 0 : Duration.toMillis(retryAfter)

const known = new WeakMap<object, Settings>()

/** The data that a policy was made from; `undefined` for other schedules, and for a policy that was modified. */
export const settingsOf = (schedule: Schedule.Schedule<unknown, Classified>): Settings | undefined =>
  known.get(schedule)
