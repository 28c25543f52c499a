/**
 * The innermost step: sends the call.
 */
import * as Effect from "effect/Effect"
import { Ambient, Call, type CallOptions, type Step } from "./call.ts"
import { failureOf, outcomeOf } from "./guard.ts"

/** Sends one attempt. */
export const sending: Step = (call) => {
  call.number++
  // Guards have just read the clock, and nothing that takes time stands between them and here.
  call.sentAt = call.enteredAt === 0 ? call.now() : call.enteredAt
  call.enteredAt = 0
  return call.observer === undefined ? attempt(call) : observed(call)
}

const attempt: Step = ({ number, source, token }) => {
  if (typeof source !== "function") return source
  try {
    return source({ number, token })
  } catch (defect) {
    return Effect.die(defect)
  }
}

const observed: Step = (call) => {
  const { number, observer, pipeline, sentAt } = call
  const sent = Effect.onExitPrimitive(
    observer?.around?.(
      { pipeline, number },
      Effect.suspend(() => attempt(call)),
    ) ?? attempt(call),
    (exit) => {
      const error = exit._tag === "Success" ? undefined : failureOf(exit.cause)
      const outcome = outcomeOf(call, exit, error)
      return call.publish({ _tag: "AttemptEnded", number, outcome, durationMs: call.now() - sentAt, error })
    },
  )
  const told = call.publish({ _tag: "AttemptStarted", number })
  return told === undefined ? sent : Effect.andThen(told, sent)
}

/** Runs an effect through steps that stand alone, outside of a pipeline. */
export const through = <A, E, R, E2 = never>(
  step: Step,
  effect: Effect.Effect<A, E, R>,
  options: CallOptions = {},
): Effect.Effect<A, E | E2, R> =>
  Effect.withFiber((fiber) => step(new Call(fiber, new Ambient(fiber.context), effect, options, "")))
