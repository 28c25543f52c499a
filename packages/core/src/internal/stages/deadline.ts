/**
 * The deadline stage: the time that a call may take with all its attempts, waits, gates and queues.
 */
import * as Effect from "effect/Effect"
import * as Deadline from "../../Deadline.ts"
import * as Timeline from "../../Timeline.ts"
import type { Classified } from "../../Verdict.ts"
import { Kept, type Call, type Step } from "../call.ts"
import { failureOf } from "../guard.ts"
import { Ledger } from "../ledger.ts"

/** Surrounds what is inside with a deadline, in milliseconds from the beginning of the call. */
export const bounded =
  (limit: () => number, inner: Step): Step =>
  (call) =>
    Effect.suspend(() => {
      const ms = limit()
      const now = call.now()
      const at = Math.min(now + ms, call.deadline)
      // A nearer one that a pipeline outside sees to is for that pipeline to answer.
      const own = now + ms <= call.deadline || !call.ambient.kept
      call.ownDeadline = at
      const allowed = Math.max(at - now, 0)
      const ledger = (call.ledger = new Ledger(now))
      const exceeded = (left: number): Deadline.DeadlineExceeded => {
        const { history } = call
        const last = history?.last?.error
        const spent = ledger.total(call.now())
        const error = new Deadline.DeadlineExceeded({ limit: allowed, left, spent, last })
        return history === undefined ? error : Timeline.attach(error, history.entries, history.epoch)
      }
      const left = at - now
      if (left <= 0) return Effect.fail(exceeded(0))
      const inTime = Effect.catchCause(
        Effect.provideService(inner(call), Deadline.Current, new Kept(at, left)),
        (cause) =>
          outOfTime(call, ledger, failureOf(cause), at)
            ? Effect.fail(exceeded(Math.max(at - call.now(), 0)))
            : Effect.failCause(cause),
      )
      return own ? Effect.timeoutOrElse(inTime, { duration: left, orElse: () => Effect.fail(exceeded(0)) }) : inTime
    })

/** Whether the deadline is why a call failed: no retry fitted before it, or a queue let the call go when it passed. */
const outOfTime = (call: Call, ledger: Ledger, failure: Classified | undefined, at: number): boolean =>
  failure !== undefined && (failure === ledger.outOfTime || (call.sentAt < 0 && call.now() >= at))
