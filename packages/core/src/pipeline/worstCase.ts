/**
 * The worst case of a call as a value and as text.
 */
import { round, time } from "../time/units.ts"

/**
 * The most that one call can cost.
 *
 * **Details**
 *
 * Times are in milliseconds, and `Infinity` if there is no bound. `time` counts attempts, waits of the backoff and waits in
 * bounded queues. `hinted` is the same time if each wait is as long as a hint may make it: a server's `Retry-After`, or the
 * `retryAfter` of a breaker or limit that rejects. `beyond` names unbounded waits that the figures do not include, such as
 * closed gates. `load` is the number of requests per call that the server gets in the long run if every attempt fails.
 */
export interface WorstCase {
  readonly attempts: number
  readonly time: number
  readonly hinted: number
  readonly load: number
  readonly beyond: ReadonlyArray<"gates" | "queue">
}

/** One attempt without a bound. */
export const send: WorstCase = { attempts: 1, time: Infinity, hinted: Infinity, load: 1, beyond: [] }

/** Adds a wait that only a deadline bounds. */
export const beyond = (what: "gates" | "queue", inner: WorstCase): WorstCase => ({
  ...inner,
  beyond: [...new Set([what, ...inner.beyond])],
})

/** Formats the worst case, `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`, and names the waits that it excludes. */
export const text = ({ attempts, beyond, hinted, load, time: ms }: WorstCase): string => {
  const count = Number.isFinite(attempts) ? `≤ ${attempts} attempt${attempts === 1 ? "" : "s"}` : "unlimited attempts"
  const lasts = Number.isFinite(ms) ? `≤ ${time(ms)}` : "unlimited time"
  const asked = Number.isFinite(hinted) && hinted > ms ? [`≤ ${time(hinted)} if responses ask for longer waits`] : []
  const apart = beyond.length === 0 ? [] : [`excluding waits ${beyond.map((what) => apartText[what]).join(" and ")}`]
  return [count, lasts, `≤ ${round(load)}× load`, ...asked, ...apart].join(", ")
}

const apartText = { gates: "at closed gates", queue: "in queues" }
