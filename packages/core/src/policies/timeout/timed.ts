/**
 * The timeout stage: the time that one attempt may take.
 */
import * as Effect from "effect/Effect"
import { AttemptTimedOut } from "./Timeouts.ts"
import type { Step } from "../../pipeline/engine/call.ts"
import { markOverdue } from "../../errors/overdue.ts"

/** Surrounds what is inside with a timeout, in milliseconds; looked at for every attempt. */
export const timed =
  (after: () => number, inner: Step): Step =>
  (call) => {
    const ms = after()
    // A deadline that is nearer interrupts the attempt by itself: the attempt was not the one that took too long.
    const kept = call.own !== undefined || call.ambient.kept !== undefined
    if (kept && call.deadline - call.now() <= ms) return inner(call)
    return Effect.timeoutOrElse(inner(call), {
      duration: ms,
      orElse: () => Effect.fail(markOverdue(call.options.timedOut?.(ms) ?? new AttemptTimedOut(ms))),
    })
  }
