/**
 * Judges the refreshes of one upload: why each sign-in was lost, and whether a token was sent too often.
 */
import { explain, overused } from "../shared/refreshes/lostSignIn.ts"
import { timeline } from "../shared/refreshes/timeline.ts"
import type { History, ProcessRun } from "./History.ts"

export interface SignIns {
  /** The lost sign-ins, by what lost them. */
  readonly rejected: number
  readonly lostTwice: number
  readonly problems: ReadonlyArray<string>
  /** What happened, if a sign-in was lost or there are problems. */
  readonly timeline: ReadonlyArray<string>
}

const endOf = ({ exitCode, killed, signedOut }: ProcessRun): string => {
  if (killed !== undefined) return `is killed (${killed})`
  return `ends with ${exitCode}${signedOut ? " because a user has to sign in" : ""}`
}

export const judge = ({ processes, refreshes }: History): SignIns => {
  const refreshers = processes.map((run) => ({ ...run, killed: run.killed !== undefined, end: endOf(run) }))
  const losses = processes.flatMap(({ endedAt, signedOut }, number) => {
    if (!signedOut) return []
    const sent = refreshes.filter(({ at }) => at <= endedAt)
    return [{ number, loss: explain(refreshers.slice(0, number + 1), sent) }]
  })
  const count = (kind: (typeof losses)[number]["loss"]["kind"]) =>
    losses.filter(({ loss }) => loss.kind === kind).length
  const problems = [
    ...losses.flatMap(({ loss, number }) =>
      loss.kind === "unexplained" ? [`process ${number} found the sign-in lost, but ${loss.why}`] : [],
    ),
    ...overused(refreshers, refreshes).map((pair) => `refresh token ${pair} was used a third time`),
  ]
  return {
    rejected: count("rejected"),
    lostTwice: count("lost twice"),
    problems,
    timeline: losses.length + problems.length === 0 ? [] : timeline(refreshers, refreshes),
  }
}
