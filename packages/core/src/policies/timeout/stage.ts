/**
 * The timeout stage, which limits the duration of each attempt.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { markOverdue } from "../../errors/overdue.ts"
import type { Step } from "../../pipeline/engine/call.ts"
import { reloadable } from "../../pipeline/engine/reload.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Stage } from "../../pipeline/stage.ts"
import { limited } from "./limited.ts"
import { AttemptTimedOut } from "./Timeouts.ts"

/** Applies a timeout, in milliseconds, to the inner stages. The timeout is read for every attempt. */
const timed =
  (after: () => number, inner: Step): Step =>
  (call) => {
    const ms = after()
    // If the deadline is earlier, it interrupts the attempt: the timeout was not exceeded.
    const kept = call.own !== undefined || call.ambient.kept !== undefined
    if (kept && call.deadline - call.now() <= ms) return inner(call)
    return limited(inner(call), ms, () =>
      Effect.fail(markOverdue(call.options.timedOut?.(ms) ?? new AttemptTimedOut(ms))),
    )
  }

/**
 * Limits the duration of each attempt. The limit must be greater than 0. Time spent waiting at gates and in queues does not
 * count toward the limit.
 */
export const timeout = (after: Duration.Input): Stage<"timeout", AttemptTimedOut> => ({
  name: "timeout",
  build: () => {
    const read = (input: Duration.Input) => Option.millis("Timeout", "after", input, { min: 0, above: true })
    let ms = read(after)
    return {
      around: (inner) => timed(() => ms, inner),
      data: () => ({ kind: "timeout", data: ms }),
      parts: () => [["timeout", reloadable(read, (next) => (ms = next))]],
    }
  },
})
