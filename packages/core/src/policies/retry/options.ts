/**
 * The options of the retry policy, their defaults, and their checks.
 */
import * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import * as Backoff from "../backoff/Backoff.ts"

/** The options of a retry policy, as plain data. */
export interface Settings {
  /** How many attempts a call has, including the first; an integer >= 1, or `Infinity`. Default: 8. */
  readonly attempts?: number | undefined
  /** The waits. Default: 0.5 s, doubled up to 32 s, with equal jitter. */
  readonly backoff?: Backoff.Settings | undefined
  /** The longest hint of a server that is obeyed in full. Default: 2 min. */
  readonly hintCap?: Duration.Input | undefined
  /**
   * What happens if a hint exceeds `hintCap`: the call fails with its error (`fail`) or waits for `hintCap` (`clamp`). Default:
   * `fail`.
   */
  readonly beyondHintCap?: "fail" | "clamp" | undefined
}

/** The options of a retry policy; the waits may be any `Schedule`. */
export interface Options extends Omit<Settings, "backoff"> {
  /** The waits, after jitter. Default: `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
}

/** Eight attempts: with the default delays the last one starts at most 63.5 s after the first. */
export const defaultAttempts = 8

/** Two minutes: after a longer hint the call fails, and its caller decides. */
export const defaultHintCap = Duration.minutes(2)

/** A longer hint ends the call, because its caller may have something better to do than wait. */
export const defaultBeyondHintCap = "fail"

/** How hints are obeyed; the cap is in milliseconds. */
export interface Hints {
  readonly hintCap: number
  /** Whether a longer hint is clamped to the cap. Otherwise it ends the call. */
  readonly clamp: boolean
}

/** A validated policy: its attempts, its waits as arithmetic, and how it obeys hints. */
export interface Rules extends Hints {
  readonly attempts: number
  readonly waits: Backoff.Waits
}

/** Checks a policy given as data; throws an `InvalidPolicy`. */
export const rules = (settings: Settings): Rules => {
  const read = reader("Retry")
  read.known(settings, { attempts: true, backoff: true, hintCap: true, beyondHintCap: true })
  const { attempts, backoff, beyondHintCap = defaultBeyondHintCap, hintCap } = settings
  return {
    attempts: attempts === Infinity ? attempts : read.integer("attempts", attempts ?? defaultAttempts, { min: 1 }),
    waits: Backoff.waits(backoff),
    hintCap: read.millis("hintCap", hintCap ?? defaultHintCap),
    clamp: read.oneOf("beyondHintCap", beyondHintCap, ["fail", "clamp"]) === "clamp",
  }
}
