/**
 * The timelines of errors: which error carries which attempts.
 */
import type { Classified } from "../errors/Verdict.ts"

/**
 * What decided how a call continued after an attempt.
 *
 * **Details**
 *
 * After `backoff` and `server` (its hint was longer) the call was sent again. The others ended it: the error's verdict, its
 * single `once` retry, the number of attempts, the schedule, the server's hint (longer than the policy waits), the budget or
 * the deadline.
 */
export type Decision =
  | "backoff"
  | "server"
  | "verdict"
  | "once"
  | "attempts"
  | "schedule"
  | "hint"
  | "budget"
  | "deadline"

/**
 * One failed attempt. Times are in milliseconds.
 *
 * **Details**
 *
 * `startedAt` is a date for display. The wall clock is read once, at the first failure, and the dates of all attempts are
 * computed from it with the monotonic clock. So their differences are right even if the wall clock is set.
 */
export interface Entry {
  /** The number of the attempt, from 1. */
  readonly number: number
  readonly error: Classified
  /** Whether it was sent. False if a limit or a breaker rejected it first. */
  readonly sent: boolean
  readonly startedAt: number
  readonly duration: number
  /** The wait before the attempt. */
  readonly wait: number
  readonly decidedBy: Decision
}

/**
 * The attempts in order.
 *
 * **Details**
 *
 * For a call with more than 64 attempts, the first 16 and the last 48 are kept. The numbers of the entries show the gap, and
 * `Timeline.omitted` counts the dropped attempts.
 */
export type Timeline = ReadonlyArray<Entry>

interface Attached {
  readonly timeline: Timeline
  /** How many timelines were attached before this one, to any error. */
  readonly order: number
  /** The epoch from which its dates were computed, if known. */
  readonly epoch: number | undefined
}

const timelines = new WeakMap<object, Attached>()

let attachments = 0

/** Attaches a timeline to an error. `epoch` is for timelines whose dates were computed from monotonic times. */
export const attach = <E extends object>(error: E, timeline: Timeline, epoch?: number): E => {
  timelines.set(error, { timeline, order: attachments++, epoch })
  return error
}

/** How many timelines have been attached so far. */
export const attached = (): number => attachments

/**
 * Prepends the attempts of one error to those of another, if the latter were attached after `before`: an error object that many
 * calls share may have the attempts of an earlier call.
 */
export const inherit = (from: unknown, to: object, before: number): void => {
  const earlier = find(from)
  if (earlier === undefined || earlier.timeline.length === 0) return
  const found = find(to)
  const own = found !== undefined && found.order >= before ? found.timeline : []
  const step = (earlier.epoch ?? 0) - (found?.epoch ?? earlier.epoch ?? 0)
  const later = own
    .filter((entry) => !earlier.timeline.includes(entry))
    .map((entry) => (step === 0 ? entry : { ...entry, startedAt: entry.startedAt + step }))
  attach(to, [...earlier.timeline, ...later], earlier.epoch)
}

/** The timeline behind an error. */
export const find = (error: unknown): Attached | undefined => {
  let at = error
  // A chain of causes may be circular. Real chains are shorter than this.
  for (let depth = 0; depth < 16 && typeof at === "object" && at !== null; depth++) {
    const found = timelines.get(at)
    if (found !== undefined) return found
    at = "cause" in at ? at.cause : undefined
  }
  return undefined
}
