/**
 * The decode stage: turns errors, and successes that are failures, into errors with a verdict.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Step } from "../../pipeline/engine/call.ts"

/** Surrounds what is inside with a decoder of errors. */
export const decoded =
  (decode: (error: unknown) => Classified, inner: Step): Step =>
  (call) =>
    Effect.mapError(inner(call), decode)

/** Judges the successes of the inner effect: if the judge returns an error, the call fails with it. */
export const judged = (failWhen: ((answer: unknown) => Classified | undefined) | undefined, inner: Step): Step =>
  failWhen === undefined
    ? inner
    : (call) =>
        Effect.flatMap(inner(call), (answer) => {
          const error = failWhen(answer)
          return error === undefined ? Effect.succeed(answer) : Effect.fail(error)
        })
