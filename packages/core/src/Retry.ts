/**
 * The retry policy: a `Schedule` that takes the error as its input and obeys the error's verdict.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Backoff from "./Backoff.ts"
import { reader } from "./InvalidPolicy.ts"
import type { Classified, Verdict } from "./Verdict.ts"

/** How a policy differs from the default one, as plain data. */
export interface Settings {
  /** How often the call is sent in all, the first time included; from 1, or `Infinity`. Default: 8. */
  readonly attempts?: number | undefined
  /** The waits. Default: 0.5 s doubled, at most 32 s, with equal jitter. */
  readonly backoff?: Backoff.Settings | undefined
  /** The longest wait that a server's hint can ask for. Default: 32 s. */
  readonly hintCap?: Duration.Input | undefined
}

/** How a policy differs from the default one; the waits may be any `Schedule`. */
export interface Options extends Omit<Settings, "backoff"> {
  /** The waits, after jitter. Default: {@link Backoff.standard}. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
}

/** Eight attempts: with the default delays the last one starts 63.5 s after the first, at the latest. */
export const defaultAttempts = 8

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

/** A policy that has been checked: its attempts, its waits as arithmetic, and the cap of hints in milliseconds. */
export interface Rules {
  readonly attempts: number
  readonly waits: Backoff.Waits
  readonly hintCap: number
}

/** Checks a policy given as data; throws an `InvalidPolicy`. */
export const rules = (settings: Settings): Rules => {
  const read = reader("Retry")
  read.known(settings, { attempts: true, backoff: true, hintCap: true })
  const { attempts, backoff, hintCap } = settings
  return {
    attempts: attempts === Infinity ? attempts : read.integer("attempts", attempts ?? defaultAttempts, { min: 1 }),
    waits: Backoff.waits(backoff),
    hintCap: read.millis("hintCap", hintCap ?? Backoff.guide.cap),
  }
}

/**
 * A policy for any error that carries a verdict; its output is the wait.
 *
 * **Details**
 *
 * `always` is retried until the attempts are spent, `once` one time in a call, `never` not at all. The server's hint
 * (`retryAfter`) lengthens a wait, never beyond `hintCap`. The schedule keeps the state of one call: every use of the
 * value begins anew. Throws an `InvalidPolicy` for options that make no sense.
 *
 * **Gotchas**
 *
 * `Effect.retry` retries typed failures only. An interruption is never retried; for defects see `Pipeline`.
 */
export const policy = (options: Options = {}): Schedule.Schedule<Duration.Duration, Classified> => {
  const { backoff = {}, ...rest } = options
  const waits = Schedule.isSchedule(backoff) ? backoff : Backoff.schedule(backoff)
  const { attempts, hintCap } = rules(rest)
  const permission = Schedule.fromStep<Classified, Duration.Duration, never, never, never, never>(
    Effect.sync(() => {
      let spent: Spent | undefined = fresh
      return (_now: number, error: Classified) => {
        spent = spent && spend(spent, error.verdict, attempts)
        return spent === undefined
          ? Cause.done(Duration.zero)
          : Effect.succeed<[Duration.Duration, Duration.Duration]>([Duration.zero, Duration.zero])
      }
    }),
  )
  const schedule = Schedule.max([permission, waits]).pipe(
    Schedule.setInputType<Classified>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        input.verdict.retryAfter === undefined
          ? duration
          : Duration.millis(hinted(Duration.toMillis(duration), Duration.toMillis(input.verdict.retryAfter), hintCap)),
      ),
    ),
  )
  if (!Schedule.isSchedule(backoff)) known.set(schedule, { ...rest, backoff })
  return schedule
}

const known = new WeakMap<object, Settings>()

/** The data that a policy was made from; `undefined` for any other schedule, and for a policy changed since. */
export const settingsOf = (schedule: Schedule.Schedule<unknown, Classified>): Settings | undefined =>
  known.get(schedule)
