/**
 * The decode stage: turns errors, and successes that mean failure, into errors with a verdict.
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Step } from "../../pipeline/engine/call.ts"
import type { Stage } from "../../pipeline/stage.ts"

/** Surrounds the inner stages with an error decoder. */
const decoded =
  (decode: (error: unknown) => Classified, inner: Step): Step =>
  (call) =>
    Effect.mapError(inner(call), decode)

/** Judges the successes of the inner effect: if the judge returns an error, the call fails with it. */
const judged = (failWhen: ((answer: unknown) => Classified | undefined) | undefined, inner: Step): Step =>
  failWhen === undefined
    ? inner
    : (call) =>
        Effect.flatMap(inner(call), (answer) => {
          const error = failWhen(answer)
          return error === undefined ? Effect.succeed(answer) : Effect.fail(error)
        })

/** A decode stage: `Raw` is the type of the call's errors, `E` the type of the decoded ones. */
export interface Decode<in Raw, out E, out Failed = never> extends Stage<"decode", Failed> {
  readonly decode: (error: Raw) => E
}

/** A stage that treats some successes as failures: `A` is the success type, `E` the failures. */
export interface FailWhen<in A, out E> extends Stage<"decode", E> {
  readonly failWhen: (answer: A) => E | undefined
}

/**
 * Converts every error of the call to one with a verdict. The function must not throw.
 *
 * **Details**
 *
 * `options.failWhen` also treats some successes as failures, as {@link failWhen} does. Its errors are not decoded.
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
      parts: {},
    }),
  }
}

/**
 * Treats a success as a failure if the function returns an error: for example a job that reports `busy` with status 200. Retries,
 * breakers and limits then see that error.
 *
 * **When to use**
 *
 * Use it if the errors of the call already have verdicts and some of its successes are failures. It occupies the same position
 * in the pipeline as `decode`.
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
    parts: {},
  }),
})

type Judge = ((answer: unknown) => Classified | undefined) | undefined
