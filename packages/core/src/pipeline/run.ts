/**
 * Runs calls through a pipeline, and defines the types of the effects that it can send and of the results that it returns.
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type { Classified, Verdict } from "../errors/Verdict.ts"
import type { Tagged, Untold, Verdicts } from "../policies/decode/classify.ts"
import type { Decode, FailWhen } from "../policies/decode/stage.ts"
import type * as Fallback from "../policies/fallback/Fallback.ts"
import type { FallbackStage } from "../policies/fallback/stage.ts"
import type { AttemptTimedOut } from "../policies/timeout/Timeouts.ts"
import { ambientOf, Call, type Attempt, type CallOptions, type Source, type Step } from "./engine/call.ts"
import type { Direct } from "./engine/direct.ts"
import { notAnEffect } from "./engine/send.ts"
import { watched } from "./engine/watched.ts"
import type { StageName, Surroundable, Surrounded } from "./order.ts"
import type { Built, Stage } from "./stage.ts"

/** Any list of stages. */
export type Stages = ReadonlyArray<Stage>

/** A list of stages in their order, not yet applied to a call. The type parameter `S` lists the stages. */
export interface Pipeline<out S extends Stages = Stages> {
  /** The name used in events and metrics; empty if the pipeline has no name. */
  readonly name: string
  readonly stages: S
  /** @internal */
  readonly built: ReadonlyArray<Built>
  /** @internal */
  readonly step: Step
  /**
   * How to run a call of a promise program without a fiber, or `false` if the stages do not allow that. It is built for the
   * first such call, because most pipelines have none.
   *
   * @internal
   */
  direct: Direct | false | undefined
}

/**
 * A pipeline with any stages, for functions and services that accept a pipeline as a parameter.
 *
 * **Details**
 *
 * Calls must fail only with errors that have a verdict, and the pipeline's own errors also have a verdict. Pipelines that
 * decode errors or have a fallback are excluded, because they change the types of results.
 */
export type Any = Pipeline<ReadonlyArray<Stage<Exclude<StageName, "decode" | "fallback">, Classified>>>

/** The names of the stages. */
export type Names<S extends Stages> = S[number]["name"]

/** The errors that the stages add to the errors of a call. */
export type Added<S extends Stages> = S[number] extends infer Each
  ? Each extends Stage<StageName, infer E>
    ? E
    : never
  : never

/** The stages that decode errors. */
export type DecodeOf<S extends Stages> = Extract<S[number], { readonly decode: unknown }>

/** The success type that the stages accept: any type, unless a stage checks successful results. */
export type Judged<S extends Stages> = [Extract<S[number], { readonly failWhen: unknown }>] extends [never]
  ? unknown
  : Extract<S[number], { readonly failWhen: unknown }> extends FailWhen<infer A, unknown>
    ? A
    : never

/** The stages that assign verdicts to errors. */
export type ClassifyOf<S extends Stages> = Extract<S[number], { readonly verdicts: Verdicts }>

/** The verdicts that the stages assign, by error tag. */
export type VerdictsOf<S extends Stages> = [ClassifyOf<S>] extends [never] ? {} : ClassifyOf<S>["verdicts"]

/**
 * The errors with which a call may fail. A stage that decodes errors determines this type. If no stage decodes errors, each
 * error must have a verdict or a tag that a stage classifies.
 */
export type Accepted<S extends Stages> = [DecodeOf<S>] extends [never]
  ? [ClassifyOf<S>] extends [never]
    ? Classified
    : Classified | Tagged<VerdictsOf<S> & Verdicts>
  : DecodeOf<S> extends Decode<infer Raw, unknown, unknown>
    ? Raw
    : never

/** The errors of a call that fails with `E`, after decoding. */
export type Decoded<S extends Stages, E> = [DecodeOf<S>] extends [never]
  ? [ClassifyOf<S>] extends [never]
    ? E
    : E extends Classified
      ? E
      : E & { readonly verdict: Verdict }
  : DecodeOf<S> extends Decode<never, infer D, unknown>
    ? D
    : never

/** The compile error for errors without a verdict. */
export type Verdictless<S extends Stages, E> = [DecodeOf<S>] extends [never]
  ? [Untold<E, VerdictsOf<S>>] extends [never]
    ? unknown
    : `the error "${Untold<E, VerdictsOf<S>>}" has no verdict: define one in Pipeline.classify({ ${Untold<E, VerdictsOf<S>>}: … })`
  : unknown

/** The errors that the stages add; `T` is the error of an attempt that timed out. */
export type Failed<S extends Stages, T> = Added<S> extends infer E ? (E extends AttemptTimedOut ? T : E) : never

/** The alternatives of the fallback, if there is one. */
export type ListOf<S extends Stages> = [FallbackOf<S>] extends [never]
  ? readonly []
  : FallbackOf<S> extends FallbackStage<infer List>
    ? List
    : never

/** The fallback stage, if the pipeline has one. */
export type FallbackOf<S extends Stages> = Extract<S[number], { readonly name: "fallback" }>

/** Any effect. */
export type AnyEffect = Effect.Effect<unknown, unknown, unknown>

/**
 * The result of a call: its success or the success of an alternative, and the errors that remain. {@link run} and
 * {@link wrap} write this type out in full, because an editor would otherwise show its name instead of the `Effect`.
 */
export type Ended<S extends Stages, Sent extends AnyEffect, T> = Effect.Effect<
  Effect.Success<Sent> | Fallback.Success<ListOf<S>>,
  Fallback.Failure<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>>,
  Effect.Services<Sent> | Fallback.Services<ListOf<S>>
> &
  Surrounded<Names<S>>

/** The options of one call, including a function that creates the error for an attempt that times out. */
export interface RunOptions<out T extends Classified = AttemptTimedOut> extends CallOptions {
  readonly timedOut?: ((afterMs: number) => T) | undefined
}

const noOptions = {}

/**
 * Runs a call through a pipeline.
 *
 * **Details**
 *
 * `send` is an effect, or a function that receives the attempt number and the token and returns an effect. The call fails
 * with an error that a stage adds, or with the error of the last attempt, which carries the record of all attempts
 * (`Timeline.of`). An interruption ends the call in any phase and is never retried.
 */
export const run = <const S extends Stages, Sent extends AnyEffect, T extends Classified = AttemptTimedOut>(
  pipeline: Pipeline<S>,
  send: Sendable<S, Sent, T> | ((attempt: Attempt) => Sendable<S, Sent, T>),
  options: RunOptions<T> = noOptions,
): Effect.Effect<
  Effect.Success<Sent> | Fallback.Success<ListOf<S>>,
  Fallback.Failure<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>>,
  Effect.Services<Sent> | Fallback.Services<ListOf<S>>
> &
  Surrounded<Names<S>> => {
  if (send === undefined) throw new TypeError(withoutCall)
  if (pipeline.step === undefined) throw new TypeError(withoutPipeline)
  if (typeof send !== "function" && !Effect.isEffect(send)) throw new TypeError(notAnEffect(send))
  // A service is both an effect and a function; it is treated as an effect.
  const source: Source = typeof send === "function" && Effect.isEffect(send) ? () => send as AnyEffect : send
  return new Run(pipeline, source, options) as never
}

/** A call as an effect, which creates a {@link Call} each time it runs. */
interface Run extends AnyEffect {
  pipeline: Pipeline
  source: Source
  options: CallOptions
}

// An object costs less than the closure that `Effect.withFiber` takes. TypeScript does not accept a function as a class, hence
// the cast.
const Run = function (this: Run, pipeline: Pipeline, source: Source, options: CallOptions) {
  this.pipeline = pipeline
  this.source = source
  this.options = options
} as unknown as new (pipeline: Pipeline, source: Source, options: CallOptions) => Run

Run.prototype = Effectable.Prototype<Run>({
  label: "Pipeline.run",
  evaluate(fiber) {
    const { options, pipeline, source } = this
    const call = new Call(fiber, ambientOf(fiber.context), source, options, pipeline.name)
    return call.observer === undefined ? pipeline.step(call) : watched(call, pipeline.step)
  },
})

/**
 * An effect that a pipeline can send: the types of the effect fit the stages, and the effect is not wrapped in a pipeline
 * with a conflicting stage order.
 */
export type Sendable<S extends Stages, Sent, T> = Sent &
  Surroundable<Names<S>, Sent> &
  Verdictless<S, Effect.Error<Sent>> &
  Fallback.Fits<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>> &
  Effect.Effect<Judged<S>, Accepted<S>, unknown>

const withoutCall =
  "Pipeline.run(pipeline, call) needs the call as its second argument; in a pipe, use Pipeline.wrap(pipeline)"

const withoutPipeline =
  "Pipeline.run needs a pipeline: first yield the Effect that Pipeline.make returns, or use Pipeline.makeUnsafe"

/** A variant of {@link run} that wraps an effect in a pipeline, for use with `pipe`. */
export const wrap =
  <const S extends Stages, T extends Classified = AttemptTimedOut>(
    pipeline: Pipeline<S>,
    options: RunOptions<T> = {},
  ) =>
  <Sent extends AnyEffect>(
    send: Sendable<S, Sent, T>,
  ): Effect.Effect<
    Effect.Success<Sent> | Fallback.Success<ListOf<S>>,
    Fallback.Failure<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>>,
    Effect.Services<Sent> | Fallback.Services<ListOf<S>>
  > &
    Surrounded<Names<S>> =>
    run(pipeline, send, options)
