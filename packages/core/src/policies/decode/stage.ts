/**
 * The decode stage converts errors, and successes that indicate a failure, to errors with a verdict.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Step } from "../../pipeline/engine/call.ts"
import type { Stage } from "../../pipeline/stage.ts"

/** Wraps the inner stages in an error decoder. */
const decoded =
  (decode: (error: unknown) => Classified, inner: Step): Step =>
  (call) =>
    Effect.mapError(inner(call), decode)

/** Passes each success of the inner effect to `failWhen`. If `failWhen` returns an error, the call fails with that error. */
const judged = (failWhen: ((answer: unknown) => Classified | undefined) | undefined, inner: Step): Step =>
  failWhen === undefined
    ? inner
    : (call) =>
        Effect.flatMap(inner(call), (answer) => {
          const error = failWhen(answer)
          return error === undefined ? Effect.succeed(answer) : Effect.fail(error)
        })

/** A decode stage: `Raw` is the type of the call's errors, and `E` is the type of the decoded errors. */
export interface Decode<in Raw, out E, out Failed = never> extends Stage<"decode", Failed> {
  readonly decode: (error: Raw) => E
}

/** A stage that treats some successes as failures. `A` is the type of the successes, and `E` is the type of the failures. */
export interface FailWhen<in A, out E> extends Stage<"decode", E> {
  readonly failWhen: (answer: A) => E | undefined
}

/**
 * Converts every error of the call to an error with a verdict. The function that decodes errors must not throw.
 *
 * **Details**
 *
 * With `options.failWhen`, the stage also treats some successes as failures, as {@link failWhen} does. The errors that
 * `options.failWhen` returns are not decoded.
 */
export function decode<Raw, E extends Classified>(decode: (error: Raw) => E): Decode<Raw, E>
export function decode<Raw, E extends Classified, A, F extends Classified>(
  decode: (error: Raw) => E,
  options: { readonly failWhen: (answer: A) => F | undefined },
): Decode<Raw, E, F> & FailWhen<A, F>
export function decode<Raw, E extends Classified, A, F extends Classified>(
  decode: (error: Raw) => E,
  options?: { readonly failWhen: (answer: A) => F | undefined },
): Decode<Raw, E, F> {
  return {
    name: "decode",
    decode,
    ...options,
    build: () => ({
      around: (inner) => judged(options?.failWhen as Judge, decoded(decode as (error: unknown) => Classified, inner)),
      data: () => ({ kind: "decode", data: undefined }),
    }),
  }
}

/**
 * Treats a success as a failure if the function returns an error for it. An example is a job that reports `busy` with status
 * 200. Retries, breakers and limits then receive the error that the function returned.
 *
 * **When to use**
 *
 * Use this stage if the errors of the call already have verdicts but some of its successes are failures. The `failWhen` stage
 * occupies the same position in the pipeline as `decode`.
 *
 * **Example**
 *
 * ```ts
 * Pipeline.failWhen((job: Job) => (job.state === "busy" ? new JobBusy({ verdict: Verdict.always() }) : undefined))
 * ```
 */
export const failWhen = <A, E extends Classified>(failWhen: (answer: A) => E | undefined): FailWhen<A, E> => ({
  name: "decode",
  failWhen,
  build: () => ({
    around: (inner) => judged(failWhen as Judge, inner),
    data: () => ({ kind: "decode", data: undefined }),
  }),
})

type Judge = ((answer: unknown) => Classified | undefined) | undefined
