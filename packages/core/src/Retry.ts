/**
 * The retry policy: a `Schedule` that takes the error as its input and obeys the error's verdict.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Backoff from "./Backoff.ts"
import type { Classified, Verdict } from "./Verdict.ts"

/** How a policy differs from the default one. */
export interface Options {
  /** The waits, after jitter. Default: {@link Backoff.standard}. */
  readonly backoff?: Schedule.Schedule<unknown>
  /** How often the call is sent in all, the first time included. Default: 8. */
  readonly attempts?: number
  /** The longest wait that a server's hint can ask for. Default: 32 s. */
  readonly hintCap?: Duration.Input
}

/** Eight attempts: with the guide's delays the last one starts 63.5 s after the first, at the latest. */
export const defaultAttempts = 8

/** A call's permission to retry: attempts spent, whether its one `once` is gone, whether it last failed for its token. */
interface Spent {
  readonly attempts: number
  readonly once: boolean
  readonly token: boolean
}

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

/**
 * A policy for any error that carries a verdict; its output is the wait.
 *
 * **Details**
 *
 * `always` is retried until the attempts are spent, `once` one time in a call, `never` not at all. The server's hint
 * (`retryAfter`) lengthens a wait, never beyond `hintCap`. The schedule keeps the state of one call: every use of the
 * value begins anew.
 *
 * **Gotchas**
 *
 * `Effect.retry` retries typed failures only. An interruption is never retried; for defects see `Pipeline`.
 */
export const policy = (options: Options = {}): Schedule.Schedule<Duration.Duration, Classified> => {
  const attempts = options.attempts ?? defaultAttempts
  const cap = Duration.toMillis(options.hintCap ?? Backoff.guide.cap)
  const permission = Schedule.fromStep<Classified, Duration.Duration, never, never, never, never>(
    Effect.sync(() => {
      let spent: Spent | undefined = { attempts: 1, once: false, token: false }
      return (_now: number, error: Classified) => {
        spent = spent && spend(spent, error.verdict, attempts)
        return spent === undefined
          ? Cause.done(Duration.zero)
          : Effect.succeed<[Duration.Duration, Duration.Duration]>([Duration.zero, Duration.zero])
      }
    }),
  )
  return Schedule.max([permission, options.backoff ?? Backoff.standard]).pipe(
    Schedule.setInputType<Classified>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        input.verdict.retryAfter === undefined
          ? duration
          : Duration.millis(hinted(Duration.toMillis(duration), Duration.toMillis(input.verdict.retryAfter), cap)),
      ),
    ),
  )
}
