/**
 * The deadline stage: the time that a call may take with all its attempts, waits, gates and queues.
 */
import * as Effect from "effect/Effect"
import * as Deadline from "../../Deadline.ts"
import * as Timeline from "../../Timeline.ts"
import type { Call, Step } from "../call.ts"
import { failureOf } from "../guard.ts"

/** Surrounds what is inside with a deadline, in milliseconds from the beginning of the call. */
export const bounded =
  (limit: () => number, inner: Step): Step =>
  (call) =>
    Effect.suspend(() => {
      const ms = limit()
      const now = call.now()
      // A deadline of the caller that is nearer is the caller's to answer for.
      const own = now + ms <= call.deadline
      const at = own ? now + ms : call.deadline
      call.ownDeadline = at
      call.spent = { ...nothing }
      call.phaseSince = now
      const left = at - now
      if (left <= 0) return Effect.fail(exceeded(call, ms, 0))
      const inTime = Effect.catchCause(
        Effect.provideService(inner(call), Deadline.Current, { at, limit: ms }),
        (cause) =>
          call.outOfTime !== undefined && failureOf(cause) === call.outOfTime
            ? Effect.fail(exceeded(call, ms, at - call.now()))
            : Effect.failCause(cause),
      )
      return own
        ? Effect.timeoutOrElse(inTime, { duration: left, orElse: () => Effect.fail(exceeded(call, ms, 0)) })
        : inTime
    })

const nothing: Deadline.Spent = { attempts: 0, waits: 0, gates: 0, queue: 0 }

const exceeded = (call: Call, limit: number, left: number): Deadline.DeadlineExceeded => {
  const timeline = call.timeline ?? []
  const error = new Deadline.DeadlineExceeded({
    limit,
    left: Math.max(left, 0),
    spent: call.ledger(),
    last: timeline.at(-1)?.error,
  })
  return Timeline.attach(error, timeline)
}
