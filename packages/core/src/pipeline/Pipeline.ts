/**
 * Combines policies around a call in a fixed order. The resulting pipeline can report its own worst case.
 *
 * fallback( deadline( retry( gates( hedge( limits( breaker( timeout( decode( send )))))))))
 */
import type * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { assembled } from "./assemble.ts"
import { describe as describeStage } from "./describe.ts"
import { partsOf, type Reloadable } from "./engine/reload.ts"
import * as InvalidPolicy from "./InvalidPolicy.ts"
import { nearest } from "./options/nearest.ts"
import { order, type Ordered } from "./order.ts"
import type { Pipeline, Stages } from "./run.ts"
import { settingNames, type Settings } from "./settings.ts"
import { worstCase as worstOf } from "./worst.ts"
import { text, type WorstCase } from "./worstCase.ts"

export { gates } from "../gates/stage.ts"
export { breaker } from "../policies/breaker/stage.ts"
export { deadline } from "../policies/deadline/stage.ts"
export { classify, type Classify, type Tagged, type Untold, type Verdicts } from "../policies/decode/classify.ts"
export { decode, failWhen, type Decode, type FailWhen } from "../policies/decode/stage.ts"
export { fallback } from "../policies/fallback/stage.ts"
export { hedge } from "../policies/hedge/stage.ts"
export { limits } from "../policies/limits/stage.ts"
export { retry, type RetryOptions } from "../policies/retry/stage.ts"
export { timeout } from "../policies/timeout/stage.ts"
export type { FallbackStage } from "../policies/fallback/stage.ts"
export type { AnyGuard, Guard, RefusalOf, ReloadableGuard } from "./engine/guard.ts"
export type { Reloadable } from "./engine/reload.ts"
export type { Clash, Inside, Misplaced, Named, Order, Ordered, StageName, Surroundable, Surrounded } from "./order.ts"
export type { Gates } from "../gates/stage.ts"
export type { Attempt, CallOptions } from "./engine/call.ts"
export type { Settings } from "./settings.ts"
export type { Stage } from "./stage.ts"
export type { WorstCase } from "./worstCase.ts"
export { promise, PromiseRejected, type PromiseOptions } from "./promise.ts"
export { run, wrap } from "./run.ts"
export type {
  Accepted,
  Added,
  Any,
  AnyEffect,
  ClassifyOf,
  Decoded,
  DecodeOf,
  Ended,
  Failed,
  FallbackOf,
  Judged,
  ListOf,
  Names,
  Pipeline,
  RunOptions,
  Sendable,
  Stages,
  Verdictless,
  VerdictsOf,
} from "./run.ts"

/**
 * Creates a pipeline from stages, which are listed outermost first. Stages in a different order and repeated stages cause a
 * compile-time error.
 *
 * **Details**
 *
 * If a stage or an option is invalid, the effect fails with an `InvalidPolicy` that contains the option, the given value and
 * a description of the allowed values.
 */
export const make = <const S extends Stages>(
  ...stages: S & Ordered<S>
): Effect.Effect<Pipeline<S>, InvalidPolicy.InvalidPolicy> => InvalidPolicy.build(() => assemble<S>(stages))

/**
 * Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. Use this function for pipelines that are
 * constants of a module.
 */
export const makeUnsafe = <const S extends Stages>(...stages: S & Ordered<S>): Pipeline<S> => assemble<S>(stages)

const assemble = <S extends Stages>(stages: S): Pipeline<S> => {
  checkOrder(stages)
  const built = stages.map((stage) => stage.build())
  return {
    name: "",
    stages,
    built,
    step: assembled(stages, built),
    direct: undefined,
  }
}

/**
 * Checks the order of the stages at run time. The types already check the order, unless the number of stages is not known at
 * compile time.
 */
const checkOrder = (stages: Stages): void => {
  stages.forEach((stage: unknown, index) => {
    if (isStage(stage)) return
    const allowed = "a stage, such as Pipeline.retry(): Pipeline.make accepts each stage as a separate argument"
    const [option, value] = [`stages[${index}]`, InvalidPolicy.kindOf(stage)]
    throw new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option, value, allowed })
  })
  stages.forEach(({ name }, index) => {
    const outer = stages[index - 1]?.name
    if (outer === undefined || order.indexOf(outer) < order.indexOf(name)) return
    const allowed = `in the order ${order.join(", ")}, with each stage at most once`
    throw new InvalidPolicy.InvalidPolicy({
      policy: "Pipeline",
      option: `stages[${index}]`,
      value: `"${name}" inside "${outer}"`,
      allowed,
    })
  })
}

const isStage = (stage: unknown): boolean =>
  typeof stage === "object" && stage !== null && "build" in stage && typeof stage.build === "function"

/**
 * Returns the pipeline with a name for events and metrics. The returned pipeline shares its state with the original pipeline.
 */
export const named: {
  (name: string): <S extends Stages>(pipeline: Pipeline<S>) => Pipeline<S>
  <S extends Stages>(name: string, pipeline: Pipeline<S>): Pipeline<S>
} = (name: string, pipeline?: Pipeline): never =>
  (pipeline === undefined ? (one: Pipeline) => ({ ...one, name }) : { ...pipeline, name }) as never

/** Lists the stages with their settings on one line, outermost first. */
export const describe = (pipeline: Pipeline): string =>
  [...pipeline.built.map(({ data }) => describeStage(data())), "send"].filter((stage) => stage !== "").join(" › ")

/** Returns the maximum cost of a single call, which `text` summarizes: `≤ 8 attempts, ≤ 183.5 s, ≤ 1.2× load`. */
export const worstCase = (pipeline: Pipeline): WorstCase & { readonly text: string } => {
  const worst = worstOf(pipeline.built.map(({ data }) => data()))
  return { ...worst, text: text(worst) }
}

/**
 * Changes thresholds, durations and limits of a running pipeline.
 *
 * **Details**
 *
 * If the key of a policy is absent from the settings, the policy does not change. If the key of a policy is present, all
 * options of the policy are replaced by the settings, and absent options get their default values. The windows, streaks,
 * balances and queues of the policies are preserved. A wait in progress does not change; the next decision uses the new
 * settings. All settings are checked before any of them takes effect. If a setting is invalid or belongs to a policy that is
 * not in the pipeline, nothing changes.
 */
export const reload: {
  (settings: Settings): (pipeline: Pipeline) => Effect.Effect<void, InvalidPolicy.InvalidPolicy>
  (pipeline: Pipeline, settings: Settings): Effect.Effect<void, InvalidPolicy.InvalidPolicy>
} = /* @__PURE__ */ dual(2, (pipeline: Pipeline, settings: Settings) =>
  InvalidPolicy.build(() => {
    const parts = partsOf(
      pipeline.built.flatMap(({ parts }) => (parts?.() ?? []) as ReadonlyArray<[string, Reloadable<unknown>]>),
    )
    const changes = Object.entries(settings).filter(([, change]) => change !== undefined)
    for (const [key, change] of changes) {
      const part = parts[key]
      if (part === undefined) {
        const present = Object.keys(parts)
        const isKnown = Object.hasOwn(settingNames, key)
        const only = present.length === 0 ? "" : `, only ${present.join(", ")}`
        const allowed = isKnown
          ? `absent: this pipeline has no ${key}${only}`
          : (nearest(key, Object.keys(settingNames)) ??
            (present.join(", ") || "none: no policy of this pipeline can be reloaded"))
        const value = isKnown ? InvalidPolicy.shown(change) : InvalidPolicy.unknownOption
        throw new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option: key, value, allowed })
      }
      const problem = part.check(change)
      if (problem !== undefined) throw problem
    }
    for (const [key, change] of changes) parts[key]?.apply(change)
  }),
)
