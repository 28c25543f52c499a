/**
 * The retry policy, which is a `Schedule` that accepts an error as its input and honors the error's verdict.
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
 * The retry state of a call: its number of attempts, whether its single `once` retry has been used, and whether its last
 * failure was a rejected token.
 */
export interface Spent {
  readonly attempts: number
  readonly once: boolean
  readonly token: boolean
}

/** The state after the first failed attempt. */
export const fresh: Spent = { attempts: 1, once: false, token: false }

/**
 * The state after another failure, or `undefined` if the verdict or the limit does not allow another attempt.
 *
 * **Details**
 *
 * A call has a single `once` retry, which is used by the first error with the verdict `once`. An error that closes the
 * authorization gate is counted separately because the next attempt uses a different token. A call with a rejected token is
 * retried unless the previous attempt, which used the previous token, failed for the same reason.
 */
export const spend = (spent: Spent, { closes, retry }: Verdict, attempts: number): Spent | undefined => {
  if (retry === "never" || spent.attempts >= attempts) return undefined
  const token = retry === "once" && closes === "authorization"
  const once = retry === "once" && !token
  if ((token && spent.token) || (once && spent.once)) return undefined
  return { attempts: spent.attempts + 1, once: spent.once || once, token }
}

/**
 * Returns the longer of the given wait and the server's hint, both in milliseconds, after limiting the hint to the cap.
 */
export const hinted = (wait: number, hint: number, cap: number): number => Math.max(wait, Math.min(hint, cap))

/** Whether a hint, in milliseconds, exceeds the cap of a policy that does not clamp hints. */
export const beyond = ({ clamp, hintCap }: Hints, hint: number): boolean => !clamp && hint > hintCap

/**
 * A retry policy for errors that have a verdict. It outputs the wait.
 *
 * **Details**
 *
 * Errors with the verdict `always` are retried until no attempts remain, errors with the verdict `once` are retried once per
 * call, and errors with the verdict `never` are not retried. The server's hint (`retryAfter`) is the minimum wait. A hint
 * longer than `hintCap` ends the retries, and the error contains the hint. With `beyondHintCap: "clamp"`, the hint is reduced
 * to `hintCap` instead. The schedule contains the state of one call, and each use of the schedule starts with a new state.
 * Throws an `InvalidPolicy` if the options are invalid.
 *
 * **Gotchas**
 *
 * `Effect.retry` retries only typed failures. Interruptions are never retried. The documentation of `Pipeline` describes how
 * defects are handled.
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

/** The server's hint in milliseconds, or 0 if the server did not send a hint. */
export const hintOf = ({ verdict: { retryAfter } }: Classified): number =>
  retryAfter === undefined ? 0 : Duration.toMillis(retryAfter)

const known = new WeakMap<object, Settings>()

/** The data from which a policy was created, or `undefined` for other schedules and for a modified policy. */
export const settingsOf = (schedule: Schedule.Schedule<unknown, Classified>): Settings | undefined =>
  known.get(schedule)
