/**
 * The deadline stage: the time that a call may take with all its attempts, waits, gates and queues.
 */
import * as Effect from "effect/Effect"
import * as Deadline from "../../Deadline.ts"
import * as Timeline from "../../Timeline.ts"
import type { Step } from "../call.ts"
import { failureOf } from "../guard.ts"
import { Ledger } from "../ledger.ts"

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
      const ledger = (call.ledger = new Ledger(now))
      const exceeded = (left: number): Deadline.DeadlineExceeded => {
        const timeline = call.timeline ?? []
        const last = timeline.at(-1)?.error
        const spent = ledger.total(call.now())
        return Timeline.attach(new Deadline.DeadlineExceeded({ limit: ms, left, spent, last }), timeline)
      }
      const left = at - now
      if (left <= 0) return Effect.fail(exceeded(0))
      const inTime = Effect.catchCause(
        Effect.provideService(inner(call), Deadline.Current, { at, limit: ms }),
        (cause) =>
          ledger.outOfTime !== undefined && failureOf(cause) === ledger.outOfTime
            ? Effect.fail(exceeded(Math.max(at - call.now(), 0)))
            : Effect.failCause(cause),
      )
      return own ? Effect.timeoutOrElse(inTime, { duration: left, orElse: () => Effect.fail(exceeded(0)) }) : inTime
    })
