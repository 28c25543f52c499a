/**
 * The innermost step: sends the call.
 */
import * as Effect from "effect/Effect"
import { Call, type CallOptions, type Step } from "./call.ts"
import { failureOf, outcomeOf } from "./guard.ts"

/** Sends one attempt. */
export const sending: Step = (call) =>
  Effect.suspend(() => {
    call.number++
    call.sentAt = call.now()
    return call.observer === undefined ? call.send(call) : observed(call)
  })

const observed: Step = (call) => {
  const { number, observer, sentAt } = call
  const send =
    observer?.around?.(
      { pipeline: call.pipeline, number },
      Effect.suspend(() => call.send(call)),
    ) ?? call.send(call)
  const sent = Effect.onExitPrimitive(send, (exit) => {
    const error = exit._tag === "Success" ? undefined : failureOf(exit.cause)
    const outcome = outcomeOf(call, exit, error)
    return call.publish({ _tag: "AttemptEnded", number, outcome, durationMs: call.now() - sentAt, error })
  })
  const told = call.publish({ _tag: "AttemptStarted", number })
  return told === undefined ? sent : Effect.andThen(told, sent)
}

/** Runs an effect through steps that stand alone, outside of a pipeline. */
export const through = <A, E, R, E2 = never>(
  step: Step,
  effect: Effect.Effect<A, E, R>,
  options: CallOptions = {},
): Effect.Effect<A, E | E2, R> => Effect.withFiber((fiber) => step(new Call(fiber, () => effect, options, "")))
