/**
 * What became of each attempt of a call: carried by the last error, so that nobody has to guess from logs.
 */
import type { Classified } from "./Verdict.ts"

/**
 * Who decided what came after an attempt.
 *
 * **Details**
 *
 * `backoff` and `server` (its hint was longer) sent the call again; the others ended it: the error's verdict, its one
 * `once`, the attempts, the schedule, the budget, the deadline, or `outer`: an outer pipeline is sending this call again
 * already, and two of them would multiply.
 */
export type Decision =
  | "backoff"
  | "server"
  | "verdict"
  | "once"
  | "attempts"
  | "schedule"
  | "budget"
  | "deadline"
  | "outer"

/** One failed attempt. Times are in milliseconds, `startedAt` of the epoch. */
export interface Entry {
  /** From 1. */
  readonly number: number
  readonly error: Classified
  /** Whether it was sent, and not refused before by a limit or a breaker. */
  readonly sent: boolean
  readonly startedAt: number
  readonly duration: number
  /** The wait before it. */
  readonly wait: number
  readonly decidedBy: Decision
}

/** The attempts in their order. */
export type Timeline = ReadonlyArray<Entry>

const timelines = new WeakMap<object, Timeline>()

/** Puts a timeline on an error. */
export const attach = <E extends object>(error: E, timeline: Timeline): E => {
  timelines.set(error, timeline)
  return error
}

/** The failed attempts behind an error that came out of a pipeline; empty where there were none. */
export const of = (error: unknown): Timeline =>
  (typeof error === "object" && error !== null ? timelines.get(error) : undefined) ?? []

/** One line an attempt, for people. */
export const render = (timeline: Timeline): string =>
  timeline
    .map(
      ({ decidedBy, duration, error, number, sent, wait }) =>
        `${number}. ${wait > 0 ? `after ${seconds(wait)} ` : ""}${error._tag}${sent ? ` in ${seconds(duration)}` : " (not sent)"}: ${outcome[decidedBy]}`,
    )
    .join("\n")

const outcome: Readonly<Record<Decision, string>> = {
  backoff: "again",
  server: "again, when the server says",
  verdict: "not to be sent again",
  once: "sent again once already",
  attempts: "no attempt left",
  schedule: "the schedule has ended",
  budget: "no budget for a retry",
  deadline: "no time for a retry",
  outer: "an outer pipeline sends again",
}

const seconds = (ms: number): string => `${Math.round(ms / 10) / 100} s`
