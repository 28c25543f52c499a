/**
 * The decode stage: makes an error with a verdict of what the call fails with, and of answers that are failures.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../Verdict.ts"
import type { Step } from "../call.ts"

/** Surrounds what is inside with a decoder of errors. */
export const decoded =
  (decode: (error: unknown) => Classified, inner: Step): Step =>
  (call) =>
    Effect.mapError(inner(call), decode)

/** Surrounds what is inside with a judge of answers: an error it returns is the failure of the call. */
export const judged = (failWhen: ((answer: unknown) => Classified | undefined) | undefined, inner: Step): Step =>
  failWhen === undefined
    ? inner
    : (call) =>
        Effect.flatMap(inner(call), (answer) => {
          const error = failWhen(answer)
          return error === undefined ? Effect.succeed(answer) : Effect.fail(error)
        })
