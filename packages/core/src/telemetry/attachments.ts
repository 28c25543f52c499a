/**
 * Stores which timeline of attempts belongs to which error.
 */
import type { Classified } from "../errors/Verdict.ts"

/**
 * The reason why a call was or was not retried after an attempt.
 *
 * **Details**
 *
 * After `backoff` or `server`, the call was sent again; `server` means that the server's hint was longer than the backoff.
 * All other values describe why the call ended: the error's verdict, the single retry that `once` allows, the number of
 * attempts, the schedule, a hint from the server that is longer than the policy allows, the budget or the deadline.
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
 * `startedAt` is a date for display. The wall clock is read once, at the first failure. The dates of all attempts are
 * computed from this single wall-clock reading and the monotonic clock. The differences between these dates are therefore
 * correct even if the wall clock is changed between attempts.
 */
export interface Entry {
  /** The number of the attempt, starting at 1. */
  readonly number: number
  readonly error: Classified
  /** Whether it was sent. False if a limit or a breaker rejected the attempt before it was sent. */
  readonly sent: boolean
  readonly startedAt: number
  readonly duration: number
  /** The wait before the attempt. */
  readonly wait: number
  readonly decidedBy: Decision
}

/**
 * The failed attempts of a call, in order.
 *
 * **Details**
 *
 * For a call with more than 64 attempts, only the first 16 and the last 48 attempts are kept. A gap in the numbers of the
 * entries shows that attempts were dropped, and `Timeline.omitted` counts the dropped attempts.
 */
export type Timeline = ReadonlyArray<Entry>

interface Attached {
  readonly timeline: Timeline
  /** The number of timelines that were attached to errors before this timeline was attached. */
  readonly order: number
  /** The epoch from which the dates in the timeline were computed, if known. */
  readonly epoch: number | undefined
}

const timelines = new WeakMap<object, Attached>()

let attachments = 0

/** Attaches a timeline to an error. Pass `epoch` if the dates of the timeline were computed from monotonic times. */
export const attach = <E extends object>(error: E, timeline: Timeline, epoch?: number): E => {
  timelines.set(error, { timeline, order: attachments++, epoch })
  return error
}

/** The number of timelines that have been attached so far. */
export const attached = (): number => attachments

/**
 * Prepends the attempts of one error to those of another error. An error object that many calls share may still have the
 * attempts of an earlier call, so the attempts that this object already has are kept only if they were attached after
 * `before`.
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

/** Finds the timeline that is attached to an error or to one of its causes. */
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
