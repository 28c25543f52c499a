/**
 * A call with an observer: reports how it ended, inside the span or other wrapper of the observer.
 */
import * as Effect from "effect/Effect"
import type { Call, Step } from "./call.ts"
import { failureOf, outcomeOf, overdueOf } from "./outcome.ts"

/** Runs a call through a pipeline's steps for its observer. */
export const watched: (call: Call, step: Step) => ReturnType<Step> = (call, step) => {
  const startedAt = call.now()
  const run = Effect.onExitPrimitive(
    Effect.suspend(() => step(call)),
    (exit) => {
      const error = exit._tag === "Success" ? undefined : (failureOf(exit.cause) ?? overdueOf(call, exit.cause))
      const outcome = outcomeOf(call, exit, error)
      const durationMs = call.now() - startedAt
      return call.publish({ _tag: "CallEnded", outcome, durationMs, attempts: call.number, error })
    },
  )
  return call.observer?.call?.(call, run) ?? run
}
