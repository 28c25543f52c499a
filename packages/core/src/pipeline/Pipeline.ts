/**
 * Policies around a call, in the one order, as a value that knows its own worst case.
 *
 * fallback( deadline( retry( gates( hedge( limits( breaker( timeout( decode( send )))))))))
 */
import * as Effect from "effect/Effect"
import type { Classified } from "../errors/Verdict.ts"
import type { Gates } from "../gates/stage.ts"
import type { Decode, FailWhen } from "../policies/decode/stage.ts"
import type * as Fallback from "../policies/fallback/Fallback.ts"
import type { FallbackStage } from "../policies/fallback/stage.ts"
import type { AttemptTimedOut } from "../policies/timeout/Timeouts.ts"
import { describe as describeStage } from "./describe.ts"
import { ambientOf, Call, type Attempt, type CallOptions, type Source, type Step } from "./engine/call.ts"
import { guardedBy, type AnyGuard } from "./engine/guard.ts"
import { partsOf, type Reloadable } from "./engine/reload.ts"
import { attempted, sent } from "./engine/send.ts"
import { watched } from "./engine/watched.ts"
import * as InvalidPolicy from "./InvalidPolicy.ts"
import { order, type Surrounded, type Ordered, type StageName, type Surroundable } from "./order.ts"
import type { Settings } from "./settings.ts"
import type { Built, Stage } from "./stage.ts"
import { worstCase as worstOf } from "./worst.ts"
import { text, type WorstCase } from "./worstCase.ts"

export { gates } from "../gates/stage.ts"
export { breaker } from "../policies/breaker/stage.ts"
export { deadline } from "../policies/deadline/stage.ts"
export { decode, failWhen } from "../policies/decode/stage.ts"
export { fallback } from "../policies/fallback/stage.ts"
export { hedge } from "../policies/hedge/stage.ts"
export { limits } from "../policies/limits/stage.ts"
export { retry, type RetryOptions } from "../policies/retry/stage.ts"
export { timeout } from "../policies/timeout/stage.ts"
export type { FallbackStage } from "../policies/fallback/stage.ts"
export type { AnyGuard, Guard, RefusalOf, ReloadableGuard } from "./engine/guard.ts"
export type { Reloadable } from "./engine/reload.ts"
export type { Clash, Inside, Misplaced, Named, Order, Ordered } from "./order.ts"
export type {
  Attempt,
  CallOptions,
  Decode,
  FailWhen,
  Gates,
  Surrounded,
  Settings,
  Stage,
  StageName,
  Surroundable,
  WorstCase,
}

/** Any list of stages. */
export type Stages = ReadonlyArray<Stage>

/** Stages in their order, around nothing yet; the type names them. */
export interface Pipeline<out S extends Stages = Stages> {
  /** For events and metrics; empty for a pipeline without a name. */
  readonly name: string
  readonly stages: S
  /** @internal */
  readonly built: ReadonlyArray<Built>
  /** @internal */
  readonly step: Step
}

/** The names of the stages. */
export type Names<S extends Stages> = S[number]["name"]

/** What the stages add to the errors of a call. */
export type Added<S extends Stages> = S[number] extends infer Each
  ? Each extends Stage<StageName, infer E>
    ? E
    : never
  : never

/** The stages that decode errors. */
export type DecodeOf<S extends Stages> = Extract<S[number], { readonly decode: unknown }>

/** The type of success that the stages accept; any type if no stage judges successes. */
export type Judged<S extends Stages> = [Extract<S[number], { readonly failWhen: unknown }>] extends [never]
  ? unknown
  : Extract<S[number], { readonly failWhen: unknown }> extends FailWhen<infer A, unknown>
    ? A
    : never

/** What a call may fail with: anything where a stage decodes it, else errors with a verdict. */
export type Accepted<S extends Stages> = [DecodeOf<S>] extends [never]
  ? Classified
  : DecodeOf<S> extends Decode<infer Raw, unknown, unknown>
    ? Raw
    : never

/** What a call that fails with `E` fails with after decoding. */
export type Decoded<S extends Stages, E> = [DecodeOf<S>] extends [never]
  ? E
  : DecodeOf<S> extends Decode<never, infer D, unknown>
    ? D
    : never

/** What the stages add; `T` stands for an attempt that timed out. */
export type Failed<S extends Stages, T> = Added<S> extends infer E ? (E extends AttemptTimedOut ? T : E) : never

/** The alternatives of the fallback, if there is one. */
export type ListOf<S extends Stages> = [FallbackOf<S>] extends [never]
  ? readonly []
  : FallbackOf<S> extends FallbackStage<infer List>
    ? List
    : never

/** The fallback among the stages. */
export type FallbackOf<S extends Stages> = Extract<S[number], { readonly name: "fallback" }>

/** What comes of a call: its answer or that of an alternative, and the errors that are left. */
export type Ended<S extends Stages, Sent extends AnyEffect, T> = Effect.Effect<
  Effect.Success<Sent> | Fallback.Success<ListOf<S>>,
  Fallback.Failure<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>>,
  Effect.Services<Sent> | Fallback.Services<ListOf<S>>
> &
  Surrounded<Names<S>>

/**
 * Makes a pipeline of stages, outermost first; another order, or one stage twice, does not compile.
 *
 * **Details**
 *
 * Fails with an `InvalidPolicy` that names the option, what it was and what is allowed.
 */
export const make = <const S extends Stages>(
  ...stages: S & Ordered<S>
): Effect.Effect<Pipeline<S>, InvalidPolicy.InvalidPolicy> => InvalidPolicy.build(() => assemble<S>(stages))

/** As {@link make}; throws the `InvalidPolicy`. For pipelines that are constants of a module. */
export const makeUnsafe = <const S extends Stages>(...stages: S & Ordered<S>): Pipeline<S> => assemble<S>(stages)

const assemble = <S extends Stages>(stages: S): Pipeline<S> => {
  checkOrder(stages)
  const built = stages.map((stage) => stage.build())
  return {
    name: "",
    stages,
    built,
    step: assembled(stages, built),
  }
}

/** What the types say already, unless they do not know how many stages there are. */
const checkOrder = (stages: Stages): void => {
  stages.forEach(({ name }, index) => {
    const outer = stages[index - 1]?.name
    if (outer === undefined || order.indexOf(outer) < order.indexOf(name)) return
    const allowed = `each stage one time, in the order ${order.join(", ")}`
    throw new InvalidPolicy.InvalidPolicy({
      policy: "Pipeline",
      option: `stages[${index}]`,
      value: `"${name}" inside of "${outer}"`,
      allowed,
    })
  })
}

/** Everything around the sending; guards that are neighbours become one step. */
const assembled = (stages: Stages, built: ReadonlyArray<Built>): Step => {
  // The stages of an attempt are innermost: what is around them sees attempts that have ended in one way or another.
  const outer = stages.findIndex(({ name }) => name === "timeout" || name === "decode")
  const attempt = outer < 0 ? sent : wrapped(built.slice(outer), sent)
  return wrapped(outer < 0 ? built : built.slice(0, outer), attempted(attempt))
}

const wrapped = (built: ReadonlyArray<Built>, inner: Step): Step => {
  const surroundings = {
    dated: built.some(({ asks }) => asks?.dated),
    retried: built.some(({ asks }) => asks?.retried),
    budget: built.find(({ asks }) => asks?.budget)?.asks?.budget,
  }
  let step = inner
  let guards: ReadonlyArray<AnyGuard> = []
  for (const stage of built.toReversed()) {
    if (stage.guards !== undefined) guards = [...stage.guards, ...guards]
    if (stage.around !== undefined) {
      step = stage.around(guards.length === 0 ? step : guardedBy(guards, step, surroundings.dated), surroundings)
      guards = []
    }
  }
  return guards.length === 0 ? step : guardedBy(guards, step, surroundings.dated)
}

/** The same pipeline, with its state, under a name for events and metrics. */
export const named = <S extends Stages>(name: string, pipeline: Pipeline<S>): Pipeline<S> => ({ ...pipeline, name })

/** What is true of one call, with the error of an attempt that takes too long. */
export interface RunOptions<out T extends Classified = AttemptTimedOut> extends CallOptions {
  readonly timedOut?: ((afterMs: number) => T) | undefined
}

const noOptions = {}

/** Any effect. */
export type AnyEffect = Effect.Effect<unknown, unknown, unknown>

/**
 * Runs a call through a pipeline.
 *
 * **Details**
 *
 * `send` is an effect, or a function that gets the number of the attempt and the token. Fails with the error of the last
 * attempt, which carries the attempts (`Timeline.of`), or with what a stage adds. Interruption ends the call wherever it
 * is, and is never retried.
 */
export const run = <const S extends Stages, Sent extends AnyEffect, T extends Classified = AttemptTimedOut>(
  pipeline: Pipeline<S>,
  send: Sendable<S, Sent, T> | ((attempt: Attempt) => Sendable<S, Sent, T>),
  options: RunOptions<T> = noOptions,
): Ended<S, Sent, T> => {
  // A service is an effect and a function at once; of those two it is meant as an effect.
  const source: Source = typeof send === "function" && Effect.isEffect(send) ? () => send as AnyEffect : send
  return Effect.withFiber((fiber) => {
    const call = new Call(fiber, ambientOf(fiber.context), source, options, pipeline.name)
    return call.observer === undefined ? pipeline.step(call) : watched(call, pipeline.step)
  }) as never
}

/** What a pipeline can send: it fits the stages, and no pipeline around it has a stage that would be in the wrong place. */
export type Sendable<S extends Stages, Sent, T> = Sent &
  Surroundable<Names<S>, Sent> &
  Fallback.Fits<ListOf<S>, Decoded<S, Effect.Error<Sent>> | Failed<S, T>> &
  Effect.Effect<Judged<S>, Accepted<S>, unknown>

/** {@link run} for `pipe`: surrounds an effect with a pipeline. */
export const wrap =
  <const S extends Stages, T extends Classified = AttemptTimedOut>(
    pipeline: Pipeline<S>,
    options: RunOptions<T> = {},
  ) =>
  <Sent extends AnyEffect>(send: Sendable<S, Sent, T>): Ended<S, Sent, T> =>
    run(pipeline, send, options)

/** The stages and their figures, outermost first, on one line. */
export const describe = (pipeline: Pipeline): string =>
  [...pipeline.built.map(({ data }) => describeStage(data())), "send"].filter((stage) => stage !== "").join(" › ")

/** What one call costs at most; `text` says it in a few words: `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`. */
export const worstCase = (pipeline: Pipeline): WorstCase & { readonly text: string } => {
  const worst = worstOf(pipeline.built.map(({ data }) => data()))
  return { ...worst, text: text(worst) }
}

/**
 * Changes thresholds, durations and limits of a pipeline at work.
 *
 * **Details**
 *
 * A policy that the settings do not name stays as it is; one that they name takes all its options from them, and what is
 * absent there gets its default. What stays in any case are windows, streaks, balances and queues. A wait under way ends as it
 * began; the next decision is taken by the new settings. All of them are checked first: one that is wrong, or belongs to
 * a policy that the pipeline has not, changes nothing.
 */
export const reload = (pipeline: Pipeline, settings: Settings): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => {
    const parts = partsOf(
      pipeline.built.flatMap(({ parts }) => Object.entries(parts) as Array<[string, Reloadable<unknown>]>),
    )
    const changes = Object.entries(settings).filter(([, change]) => change !== undefined)
    for (const [key, change] of changes) {
      const part = parts[key]
      if (part === undefined) {
        const allowed = Object.keys(parts).join(", ") || "nothing: this pipeline has no policy that can change"
        throw new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option: key, value: "given", allowed })
      }
      const problem = part.check(change)
      if (problem !== undefined) throw problem
    }
    for (const [key, change] of changes) parts[key]?.apply(change)
  })
