/**
 * The timeout stage: the time that one attempt may take.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { markOverdue } from "../../errors/overdue.ts"
import type { Step } from "../../pipeline/engine/call.ts"
import { reloadable } from "../../pipeline/engine/reload.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Stage } from "../../pipeline/stage.ts"
import { AttemptTimedOut } from "./Timeouts.ts"

/** Surrounds what is inside with a timeout, in milliseconds; looked at for every attempt. */
const timed =
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

/** The time that one attempt may take; above 0. Waiting at gates and in queues is not part of it. */
export const timeout = (after: Duration.Input): Stage<"timeout", AttemptTimedOut> => ({
  name: "timeout",
  build: () => {
    const read = (input: Duration.Input) => reader("Timeout").millis("after", input, { min: 0, above: true })
    let ms = read(after)
    return {
      around: (inner) => timed(() => ms, inner),
      data: () => ({ kind: "timeout", data: ms }),
      parts: { timeout: reloadable(read, (next) => (ms = next)) },
    }
  },
})
