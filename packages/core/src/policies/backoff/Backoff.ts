/**
 * Exponential delays with a hard cap, and jitters that turn a delay into a wait.
 *
 * A delay is the result of the formula; a wait is the time that the caller sleeps after jitter has been applied. The
 * arithmetic functions are pure and receive the random number as an argument. The `Schedule` values below use `Random`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Option from "../../pipeline/options/option.ts"
import { defaultJitter, guide, type JitterName, type Options, type Settings } from "./options.ts"

export { guide } from "./options.ts"
export type { JitterName, Options, Settings } from "./options.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Arithmetic, in milliseconds; `random` is uniform in [0, 1)
// ---------------------------------------------------------------------------------------------------------------------

/** The delay before retry `n`, counted from 0, in milliseconds. */
export const delay = (options: Options, n: number): number =>
  delayOf(Duration.toMillis(options.base), options.factor, Duration.toMillis(options.cap), n)

const delayOf = (base: number, factor: number, cap: number, n: number): number => Math.min(base * factor ** n, cap)

/**
 * Returns a wait that is uniform in [delay/2, delay]. The wait never exceeds the computed delay or the cap, and waits remain
 * spread out even when the delay reaches the cap.
 */
export const equalWait = (delay: number, random: number): number => delay / 2 + (delay / 2) * random

/** Returns a wait that is uniform in [0, delay], the widest spread under the cap; the wait may be close to zero. */
export const fullWait = (delay: number, random: number): number => delay * random

/**
 * Returns a wait that is uniform in [delay/2, 1.5 · delay], which preserves the mean but can exceed the cap by up to half.
 */
export const proportionalWait = (delay: number, random: number): number => delay * (0.5 + random)

/**
 * Returns a wait that is uniform in [delay, 1.5 · delay]. If the delay equals the cap, the wait can exceed the cap by up to
 * half.
 */
export const additiveWait = (delay: number, random: number): number => delay * (1 + random / 2)

/**
 * Returns a wait that is uniform in [base, 3 · previous wait], limited to the cap. The waits do not follow a fixed sequence,
 * and in a long series many of them equal the cap.
 */
export const decorrelatedWait = (options: Pick<Options, "base" | "cap">, previous: number, random: number): number => {
  const base = Duration.toMillis(options.base)
  return Math.min(base + (Math.max(3 * previous, base) - base) * random, Duration.toMillis(options.cap))
}

/** The arithmetic of a validated backoff; times are in milliseconds. */
export interface Waits {
  /** The delay before retry `n` (counted from 0), without jitter; for `decorrelated`, the longest possible wait. */
  readonly delay: (n: number) => number
  /** The wait before retry `n`; `previous` is the wait before the previous retry, or the base for the first retry. */
  readonly wait: (n: number, previous: number, random: number) => number
  /** The shortest and the longest wait before retry `n`. */
  readonly band: (n: number) => readonly [shortest: number, longest: number]
  readonly base: number
  readonly factor: number
  readonly cap: number
  readonly jitter: JitterName
}

/** Validates a backoff and turns it into arithmetic; throws an `InvalidPolicy` if the backoff is invalid. */
export const waits = (settings?: Settings): Waits =>
  settings === undefined ? (defaultWaits ??= waitsOf({})) : waitsOf(settings)

/** Shared by all policies without a backoff of their own, so that each takes less memory. */
let defaultWaits: Waits | undefined = undefined

const waitsOf = (settings: Settings): Waits => {
  Option.known("Backoff", settings, { base: true, factor: true, cap: true, jitter: true })
  const base = Option.millis("Backoff", "base", settings.base ?? guide.base, { min: 0, above: true })
  const factor = Option.number("Backoff", "factor", settings.factor ?? guide.factor, { min: 1 })
  const cap = Option.millis("Backoff", "cap", settings.cap ?? guide.cap, { min: base })
  const jitter = Option.oneOf("Backoff", "jitter", settings.jitter ?? defaultJitter, jitterNames)
  if (jitter === "decorrelated") {
    const longest = (n: number) => delayOf(base, 3, cap, n + 1)
    return {
      delay: longest,
      wait: (_n, previous, random) => decorrelatedWait({ base, cap }, previous, random),
      band: (n) => [base, longest(n)],
      base,
      factor,
      cap,
      jitter,
    }
  }
  const delay = (n: number) => delayOf(base, factor, cap, n)
  const spread = spreads[jitter]
  return {
    delay,
    wait: (n, _previous, random) => spread(delay(n), random),
    band: (n) => [spread(delay(n), 0), spread(delay(n), 1)],
    base,
    factor,
    cap,
    jitter,
  }
}

const spreads = {
  none: (delay: number) => delay,
  equal: equalWait,
  full: fullWait,
  proportional: proportionalWait,
  additive: additiveWait,
}

const jitterNames: ReadonlyArray<JitterName> = ["none", "equal", "full", "proportional", "additive", "decorrelated"]

// ---------------------------------------------------------------------------------------------------------------------
// Schedules
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An endless schedule whose delays grow from `base` by `factor` up to `cap`. The schedule outputs the delay.
 *
 * **Gotchas**
 *
 * The schedule does not apply jitter, so callers that fail at the same time also retry at the same time. Pipe the schedule
 * through one of the jitters to spread the retries.
 */
export const capped = (options: Options): Schedule.Schedule<Duration.Duration> => {
  const { delay } = waits(options)
  return Schedule.fromStep(
    Effect.sync(() => {
      let n = 0
      return () => {
        const wait = Duration.millis(delay(n++))
        return Effect.succeed<[Duration.Duration, Duration.Duration]>([wait, wait])
      }
    }),
  )
}

/** A schedule with any input and output types. */
export type AnySchedule = Schedule.Schedule<unknown, never, unknown, unknown>

/**
 * A function that applies jitter to the delays of a schedule. If the function receives options, it first builds the capped
 * schedule from them.
 */
export type Jitter = <S extends Options | AnySchedule>(
  self: S,
) => S extends AnySchedule ? S : Schedule.Schedule<Duration.Duration>

// A single signature without overloads: through `pipe` an overloaded generic function would lose its types.
const jitter = (wait: (delay: number, random: number) => number): Jitter => {
  const change = (self: AnySchedule): AnySchedule =>
    Schedule.modifyDelay(self, ({ duration }) =>
      Effect.map(Random.next, (random) => Duration.millis(wait(Duration.toMillis(duration), random))),
    )
  return ((self: Options | AnySchedule) => change(Schedule.isSchedule(self) ? self : capped(self))) as Jitter
}

/** Waits are uniform in [delay/2, delay]. All policies use this jitter by default. See {@link equalWait}. */
export const equalJitter: Jitter = /* @__PURE__ */ jitter(equalWait)

/** Waits are uniform in [0, delay]. See {@link fullWait}. */
export const fullJitter: Jitter = /* @__PURE__ */ jitter(fullWait)

/** Waits are uniform in [delay/2, 1.5 · delay] and can exceed the cap. See {@link proportionalWait}. */
export const proportionalJitter: Jitter = /* @__PURE__ */ jitter(proportionalWait)

/** Waits are uniform in [delay, 1.5 · delay] and can exceed the cap. See {@link additiveWait}. */
export const additiveJitter: Jitter = /* @__PURE__ */ jitter(additiveWait)

/** Each wait depends on the previous wait rather than on the number of the retry. See {@link decorrelatedWait}. */
export const decorrelatedJitter = (options: Pick<Options, "base" | "cap">): Schedule.Schedule<Duration.Duration> =>
  schedule({ ...options, jitter: "decorrelated" })

/**
 * Returns the endless schedule for a backoff that is given as data. It outputs the wait. Throws an `InvalidPolicy` if the
 * settings are invalid.
 */
export const schedule = (settings: Settings = {}): Schedule.Schedule<Duration.Duration> => {
  const { base, wait } = waits(settings)
  return Schedule.fromStep(
    Effect.sync(() => {
      let n = 0
      let previous = base
      return () =>
        Effect.map(Random.next, (random): [Duration.Duration, Duration.Duration] => {
          previous = wait(n++, previous, random)
          const duration = Duration.millis(previous)
          return [duration, duration]
        })
    }),
  )
}

/** The default delays with equal jitter; no wait exceeds 32 s. */
export const standard: Schedule.Schedule<Duration.Duration> = /* @__PURE__ */ equalJitter(guide)
