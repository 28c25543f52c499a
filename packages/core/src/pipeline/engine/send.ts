/**
 * The innermost step, which sends the call.
 */
import * as Effect from "effect/Effect"
import { kindOf } from "../options/kinds.ts"
import { ambientOf, Call, type CallOptions, type Step } from "./call.ts"
import { reported } from "./watched.ts"

/** Returns the error message for a call that is not an Effect. */
export const notAnEffect = (given: unknown): string =>
  `the call of Pipeline.run must be an Effect (got ${kindOf(given)}); use Pipeline.promise for promises`

/** Sends one attempt, which {@link attempted} has counted. */
export const sent: Step = (call) => {
  if (call.sentAt < 0) call.sentAt = call.now()
  const { number, source, token } = call
  if (typeof source !== "function") return source
  try {
    const effect: unknown = source({ number, token })
    return Effect.isEffect(effect) ? (effect as ReturnType<Step>) : Effect.die(new TypeError(notAnEffect(effect)))
  } catch (defect) {
    return Effect.die(defect)
  }
}

/**
 * Counts the attempts and reports them to the observer. The timeout and the decoding run inside this step, so the report
 * contains the final error.
 */
export const attempted =
  (inner: Step): Step =>
  (call) => {
    call.number++
    return call.observer === undefined ? inner(call) : observed(call, inner)
  }

const observed = (call: Call, inner: Step): ReturnType<Step> => {
  const { number, observer, pipeline } = call
  const startedAt = call.now()
  const attempt = Effect.suspend(() => inner(call))
  const told = call.publish({ _tag: "AttemptStarted", number })
  const surrounded = reported(
    call,
    observer?.around?.({ pipeline, number }, attempt) ?? attempt,
    startedAt,
    (ended) => ({
      _tag: "AttemptEnded",
      number,
      ...ended,
    }),
  )
  return told === undefined ? surrounded : Effect.andThen(told, surrounded)
}

/** Sends one attempt and reports it to the observer. */
export const sending: Step = /* @__PURE__ */ attempted(sent)

/** Runs an effect through a step that is not part of a pipeline. */
export const through = <A, E, R, E2 = never>(
  step: Step,
  effect: Effect.Effect<A, E, R>,
  options: CallOptions = {},
): Effect.Effect<A, E | E2, R> =>
  Effect.withFiber((fiber) => step(new Call(fiber, ambientOf(fiber.context), effect, options, "")))
