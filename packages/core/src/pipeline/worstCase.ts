/**
 * The worst case of a call as a value, and its text.
 */
import { round, time } from "../time/units.ts"

/**
 * What one call costs at most.
 *
 * **Details**
 *
 * Times are in milliseconds and `Infinity` where nothing bounds them. `time` counts attempts, waits of the backoff and
 * waits in bounded queues; `hinted` the same where each wait is as long as may be asked for: by a server's `Retry-After`,
 * or by a breaker or a limit that refuses and says when to come again.
 * `beyond` names the waits that nothing bounds and that are not in the figures: closed gates, above all. `load` is the
 * number of requests that the server gets for each call, in the long run, when everything fails.
 */
export interface WorstCase {
  readonly attempts: number
  readonly time: number
  readonly hinted: number
  readonly load: number
  readonly beyond: ReadonlyArray<"gates" | "queue">
}

/** One attempt, which nothing bounds. */
export const send: WorstCase = { attempts: 1, time: Infinity, hinted: Infinity, load: 1, beyond: [] }

/** With a wait that nothing but a deadline bounds. */
export const beyond = (what: "gates" | "queue", inner: WorstCase): WorstCase => ({
  ...inner,
  beyond: [...new Set([what, ...inner.beyond])],
})

/** `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`, and what is not counted in it. */
export const text = ({ attempts, beyond, hinted, load, time: ms }: WorstCase): string => {
  const count = Number.isFinite(attempts)
    ? `≤ ${attempts} attempt${attempts === 1 ? "" : "s"}`
    : "attempts without bound"
  const lasts = Number.isFinite(ms) ? `≤ ${time(ms)}` : "time without bound"
  const asked = Number.isFinite(hinted) && hinted > ms ? [`≤ ${time(hinted)} if responses ask for longer waits`] : []
  const apart = beyond.length === 0 ? [] : [`not counting waits ${beyond.map((what) => apartText[what]).join(" and ")}`]
  return [count, lasts, `≤ ${round(load)}× load`, ...asked, ...apart].join(", ")
}

const apartText = { gates: "at closed gates", queue: "in queues" }
