/**
 * Reports how an observed call and its attempts end, inside the observer's span or other wrapper.
 */
import * as Effect from "effect/Effect"
import type { Event, Outcome } from "../../telemetry/Observer.ts"
import type { Call, Step } from "./call.ts"
import { failureOf, outcomeOf, overdueOf } from "./outcome.ts"

/** What the events for the end of a call and of an attempt have in common. */
interface Ended {
  readonly outcome: Outcome
  readonly durationMs: number
  readonly error: Extract<Event, { _tag: "CallEnded" }>["error"]
}

/** Runs a call or an attempt and notifies the observer when it ends. */
export const reported = (
  call: Call,
  run: ReturnType<Step>,
  startedAt: number,
  event: (ended: Ended) => Event,
): ReturnType<Step> =>
  Effect.onExitPrimitive(run, (exit) => {
    const error = exit._tag === "Success" ? undefined : (failureOf(exit.cause) ?? overdueOf(call, exit.cause))
    const outcome = outcomeOf(call, exit, error)
    return call.publish(event({ outcome, durationMs: call.now() - startedAt, error }))
  })

/** Runs a call through the steps of a pipeline and notifies the call's observer when the call ends. */
export const watched: (call: Call, step: Step) => ReturnType<Step> = (call, step) => {
  const run = reported(
    call,
    Effect.suspend(() => step(call)),
    call.now(),
    (ended) => ({ _tag: "CallEnded", attempts: call.number, ...ended }),
  )
  return call.observer?.call?.(call, run) ?? run
}
