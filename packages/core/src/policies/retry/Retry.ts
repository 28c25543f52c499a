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

/** A call's permission to retry: attempts spent, whether its one `once` is gone, whether it last failed for its token. */
export interface Spent {
  readonly attempts: number
  readonly once: boolean
  readonly token: boolean
}

/** What a call has spent when its first attempt has failed. */
export const fresh: Spent = { attempts: 1, once: false, token: false }

/**
 * What is spent after one more failure, or `undefined` when the verdict or the bound allows no other attempt.
 *
 * **Details**
 *
 * A call has one `once`: it pays for the first error with that verdict, whichever attempt that was. An error that
 * closes the authorization gate is counted apart, because the next attempt carries another token: it is allowed unless
 * the attempt before, which had the token that this one replaced, failed for it as well.
 */
export const spend = (spent: Spent, { closes, retry }: Verdict, attempts: number): Spent | undefined => {
  if (retry === "never" || spent.attempts >= attempts) return undefined
  const token = retry === "once" && closes === "authorization"
  const once = retry === "once" && !token
  if ((token && spent.token) || (once && spent.once)) return undefined
  return { attempts: spent.attempts + 1, once: spent.once || once, token }
}

/** The wait, in milliseconds, when the server gave a hint: at least the hint, as far as the cap lets it. */
export const hinted = (wait: number, hint: number, cap: number): number => Math.max(wait, Math.min(hint, cap))

/** Whether a hint, in milliseconds, is longer than the policy waits for. */
export const beyond = ({ clamp, hintCap }: Hints, hint: number): boolean => !clamp && hint > hintCap

/**
 * A policy for any error that carries a verdict; its output is the wait.
 *
 * **Details**
 *
 * `always` is retried until the attempts are spent, `once` once in a call, `never` not at all. The server's hint
 * (`retryAfter`) is the shortest wait. A hint beyond `hintCap` ends the retries, and the error has it; with
 * `beyondHintCap: "clamp"` the wait is `hintCap`. The schedule keeps the state of one call: every use of the
 * value starts over. Throws an `InvalidPolicy` for options that make no sense.
 *
 * **Gotchas**
 *
 * `Effect.retry` retries typed failures only. An interruption is never retried; for defects see `Pipeline`.
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

/** The data that a policy was made from; `undefined` for any other schedule, and for a policy changed since. */
export const settingsOf = (schedule: Schedule.Schedule<unknown, Classified>): Settings | undefined =>
  known.get(schedule)
