/**
 * The waits between the probes of a closed gate, and the timeout of each probe.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { reader } from "../pipeline/InvalidPolicy.ts"
import * as Backoff from "../policies/backoff/Backoff.ts"
import * as Timeouts from "../policies/timeout/Timeouts.ts"

/** Options for probing a closed gate. Absent options default to the values that `Connectivity.layer` uses. */
export interface Options {
  /** The waits between probes. After the schedule ends, each wait is 32 s. Default: `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | Schedule.Schedule<unknown> | undefined
  /** The timeout of one probe. Default: `Timeouts.probe`, which is 15 s. */
  readonly timeout?: Duration.Input | undefined
}

/** Validated options. */
export interface Probing {
  readonly waits: Schedule.Schedule<unknown>
  readonly timeout: Duration.Duration
}

/** Checks the options and throws an `InvalidPolicy` if an option is invalid or unknown. */
export const probing = (policy: string, options: Options = {}): Probing => {
  const { backoff = Backoff.standard, timeout = Timeouts.probe } = options
  const read = reader(policy)
  read.known(options, { backoff: true, timeout: true })
  const waits = Schedule.isSchedule(backoff) ? backoff : Backoff.schedule(backoff)
  // Without further probes the gate would stay closed forever.
  return {
    waits: Schedule.concat(waits, Schedule.spaced(Backoff.guide.cap)),
    timeout: Duration.millis(read.millis("timeout", timeout, { min: 0, above: true })),
  }
}

/**
 * Returns how long a hint delays the first probe, in milliseconds. The delay is at most the longest wait between probes. The
 * hint is capped because any intermediary can send one, and a closed gate holds every call.
 */
export const paced = (hint: Duration.Duration | undefined): number =>
  hint === undefined ? 0 : Math.max(0, Math.min(Duration.toMillis(hint), longestPace))

const longestPace = /* @__PURE__ */ Duration.toMillis(/* @__PURE__ */ Duration.fromInputUnsafe(Backoff.guide.cap))

/** Creates the sequence of waits for a single outage, in milliseconds. */
export const outage = ({ waits }: Probing): Effect.Effect<(now: number) => Effect.Effect<number>> =>
  Effect.map(
    Schedule.toStep(waits),
    (step) => (now: number) =>
      step(now, undefined).pipe(
        Effect.map(([, duration]) => Duration.toMillis(duration)),
        Effect.orDie,
      ),
  )
