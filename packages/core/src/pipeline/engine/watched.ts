/**
 * Runs an observed call inside the observer's span or other wrapper, where it also reports how the call ended.
 */
import * as Effect from "effect/Effect"
import type { Call, Step } from "./call.ts"
import { failureOf, outcomeOf, overdueOf } from "./outcome.ts"

/** Runs a call through the steps of a pipeline and notifies the call's observer when the call ends. */
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
