/**
 * The options of the retry policy, including their defaults and validation.
 */
import * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import * as Option from "../../pipeline/options/option.ts"
import * as Backoff from "../backoff/Backoff.ts"

/** The options of a retry policy, as plain data. */
export interface Settings {
  /** The maximum number of attempts of a call, including the first: an integer >= 1, or `Infinity`. Default: 8. */
  readonly attempts?: number | undefined
  /** The waits. Default: the waits start at 0.5 s and double up to 32 s, with equal jitter. */
  readonly backoff?: Backoff.Settings | undefined
  /** The longest server hint that a call honors in full. Default: 2 min. */
  readonly hintCap?: Duration.Input | undefined
  /**
   * What happens if a hint exceeds `hintCap`. Either the call fails with its error (`fail`), or the hint is reduced to
   * `hintCap` (`clamp`). Default: `fail`.
   */
  readonly beyondHintCap?: "fail" | "clamp" | undefined
}

/** The options of a retry policy, in which the waits can be any `Schedule`. */
export interface Options extends Omit<Settings, "backoff"> {
  /** The waits between attempts, after jitter. Default: `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
}

/** Eight attempts. With the default delays, the waits between the attempts total at most 63.5 s. */
export const defaultAttempts = 8

/** Two minutes. After a longer hint, the call fails and the caller decides what to do. */
export const defaultHintCap = Duration.minutes(2)

/** A hint longer than the cap ends the call, because the caller may have something better to do than wait. */
export const defaultBeyondHintCap = "fail"

/** Defines how hints are honored. The cap is in milliseconds. */
export interface Hints {
  readonly hintCap: number
  /** Whether a hint longer than the cap is clamped to the cap. If this field is false, a longer hint ends the call. */
  readonly clamp: boolean
}

/** A validated policy, which specifies the number of attempts, how the waits are computed, and how hints are honored. */
export interface Rules extends Hints {
  readonly attempts: number
  readonly waits: Backoff.Waits
}

/** Validates a policy given as data and throws an `InvalidPolicy` if the policy is invalid. */
export const rules = (settings: Settings): Rules => {
  Option.known("Retry", settings, { attempts: true, backoff: true, hintCap: true, beyondHintCap: true })
  const { attempts, backoff, beyondHintCap = defaultBeyondHintCap, hintCap } = settings
  return {
    attempts:
      attempts === Infinity ? attempts : Option.integer("Retry", "attempts", attempts ?? defaultAttempts, { min: 1 }),
    waits: Backoff.waits(backoff),
    hintCap: Option.millis("Retry", "hintCap", hintCap ?? defaultHintCap),
    clamp: Option.oneOf("Retry", "beyondHintCap", beyondHintCap, ["fail", "clamp"]) === "clamp",
  }
}
