/**
 * Defines the worst case of a call, and formats it as text.
 */
import { round, time } from "../time/units.ts"

/**
 * The maximum cost of one call.
 *
 * **Details**
 *
 * Times are in milliseconds; a time without a bound is `Infinity`. `time` includes attempts, backoff waits and waits in
 * bounded queues. `hinted` is the same total as `time`, except that each wait is as long as a hint can make it. A hint is a
 * server's `Retry-After`, or the `retryAfter` of a breaker or limit that rejects the call. `beyond` lists the kinds of
 * unbounded waits that the figures do not include, such as waits at closed gates. `load` is the average number of requests
 * that the server receives for each call in the long run if every attempt fails.
 */
export interface WorstCase {
  readonly attempts: number
  readonly time: number
  readonly hinted: number
  readonly load: number
  readonly beyond: ReadonlyArray<"gates" | "queue">
}

/** The worst case of one attempt without a time limit. */
export const send: WorstCase = { attempts: 1, time: Infinity, hinted: Infinity, load: 1, beyond: [] }

/** Adds a wait that is bounded only by a deadline. */
export const beyond = (what: "gates" | "queue", inner: WorstCase): WorstCase => ({
  ...inner,
  beyond: [...new Set([what, ...inner.beyond])],
})

/** Formats the worst case, as in `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`, and lists the waits that the figures exclude. */
export const text = ({ attempts, beyond, hinted, load, time: ms }: WorstCase): string => {
  const count = Number.isFinite(attempts) ? `≤ ${attempts} attempt${attempts === 1 ? "" : "s"}` : "unlimited attempts"
  const lasts = Number.isFinite(ms) ? `≤ ${time(ms)}` : "unlimited time"
  const asked = Number.isFinite(hinted) && hinted > ms ? [`≤ ${time(hinted)} if responses ask for longer waits`] : []
  const apart = beyond.length === 0 ? [] : [`excluding waits ${beyond.map((what) => apartText[what]).join(" and ")}`]
  return [count, lasts, `≤ ${round(load)}× load`, ...asked, ...apart].join(", ")
}

const apartText = { gates: "at closed gates", queue: "in queues" }
