/**
 * What a call costs at most: each stage makes its own worst case of the one inside.
 */
import type { Worst } from "../policies/hedge/machine.ts"
import type { Facts } from "./stages.ts"
import type { Policy } from "../policies/retry/retried.ts"
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

/** What one call costs at most, going by its stages, outermost first. */
export const worstCase = (stages: ReadonlyArray<Facts>): WorstCase => {
  // A budget that pays for retries and hedges alike is one bound and not two.
  const budget = stages.find((facts) => facts.stage === "retry")?.policy.budget
  return stages.reduceRight((inner, facts) => around(facts, inner, budget), send)
}

const around = (facts: Facts, inner: WorstCase, budget: Policy["budget"]): WorstCase => {
  switch (facts.stage) {
    case "fallback":
    case "decode":
      return inner
    case "deadline":
      return within(facts.ms, inner)
    case "timeout":
      return timed(facts.ms, inner)
    case "retry":
      return retried(facts.policy, inner)
    case "gates":
      return facts.names.length === 0 ? inner : beyond("gates", inner)
    case "hedge": {
      const worst = hedged(facts.hedge.worst(), inner)
      return budget !== undefined && facts.hedge.budget === budget ? { ...worst, load: inner.load } : worst
    }
    case "guards":
      return facts.guards.reduceRight((worst, guard) => queued(guard.longestWait(), worst), inner)
  }
}

/** One attempt, which nothing bounds. */
const send: WorstCase = { attempts: 1, time: Infinity, hinted: Infinity, load: 1, beyond: [] }

/** Within a timeout. */
const timed = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
})

/** Within a deadline, which bounds the waits too. */
const within = (ms: number, inner: WorstCase): WorstCase => ({ ...timed(ms, inner), beyond: [] })

/** With a wait that nothing but a deadline bounds. */
const beyond = (what: "gates" | "queue", inner: WorstCase): WorstCase => ({
  ...inner,
  beyond: [...new Set([what, ...inner.beyond])],
})

/** After a wait in a queue. */
const queued = (longestWait: number, inner: WorstCase): WorstCase =>
  Number.isFinite(longestWait)
    ? { ...inner, time: inner.time + longestWait, hinted: inner.hinted + longestWait }
    : beyond("queue", inner)

/** With copies of every request: the last one begins late, and may then take as long as the first. */
const hedged = ({ attempts, lateness, load }: Worst, inner: WorstCase): WorstCase => ({
  ...inner,
  attempts: attempts * inner.attempts,
  time: inner.time + lateness,
  hinted: inner.hinted + lateness,
  load: load * inner.load,
})

/** Sent again: the attempts, the waits between them, and what a budget leaves of the load. */
const retried = ({ budget, rules, schedule }: Policy, inner: WorstCase): WorstCase => {
  const { attempts, hintCap, waits } = rules
  const load = inner.load * Math.min(attempts, budget?.loadFactor() ?? Infinity)
  if (schedule !== undefined) {
    return { ...inner, attempts: attempts * inner.attempts, time: Infinity, hinted: Infinity, load }
  }
  let waited = 0
  let hinted = 0
  // A thousand waits are summed one by one, any more are as long as the last: all of them sit at the cap by then.
  const summed = Math.min(attempts - 1, 1000)
  for (let n = 0; n < summed; n++) {
    const [, longest] = waits.band(n)
    const factor = n === summed - 1 ? attempts - summed : 1
    waited += factor * longest
    hinted += factor * Math.max(longest, hintCap)
  }
  return {
    ...inner,
    attempts: attempts * inner.attempts,
    time: attempts * inner.time + waited,
    hinted: attempts * inner.hinted + hinted,
    load,
  }
}

/** `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`, and what is not counted in it. */
export const text = ({ attempts, beyond, hinted, load, time: ms }: WorstCase): string => {
  const count = Number.isFinite(attempts)
    ? `≤ ${attempts} attempt${attempts === 1 ? "" : "s"}`
    : "attempts without bound"
  const lasts = Number.isFinite(ms) ? `≤ ${time(ms)}` : "time without bound"
  const asked = Number.isFinite(hinted) && hinted > ms ? [`≤ ${time(hinted)} if longer waits are asked for`] : []
  const apart = beyond.length === 0 ? [] : [`${beyond.map((what) => apartText[what]).join(" and ")} apart`]
  return [count, lasts, `≤ ${round(load)}× load`, ...asked, ...apart].join(", ")
}

const apartText = { gates: "closed gates", queue: "queues" }
