/**
 * Builds a pipeline from settings, which are plain data with one key per policy. The stages always have the same order.
 */
import type * as Effect from "effect/Effect"
import * as AdaptiveLimit from "../policies/adaptiveLimit/AdaptiveLimit.ts"
import * as CircuitBreaker from "../policies/breaker/CircuitBreaker.ts"
import * as RetryBudget from "../policies/budget/RetryBudget.ts"
import * as Bulkhead from "../policies/bulkhead/Bulkhead.ts"
import type { DeadlineExceeded } from "../policies/deadline/Deadline.ts"
import * as Hedge from "../policies/hedge/Hedge.ts"
import * as Throttle from "../policies/throttle/Throttle.ts"
import type { AttemptTimedOut } from "../policies/timeout/Timeouts.ts"
import * as InvalidPolicy from "./InvalidPolicy.ts"
import * as Pipeline from "./Pipeline.ts"
import { settingNames, type Settings } from "./settings.ts"

export type { Settings }

/** The parts of a pipeline that plain data cannot represent. */
export interface Options<out G extends Pipeline.Gates | undefined = Pipeline.Gates | undefined> {
  readonly gates?: G
  /** The name used in events and metrics. */
  readonly name?: string | undefined
}

/**
 * The stage that each key adds to the pipeline. `budget` does not add a stage of its own: it becomes part of other stages.
 */
export interface StageOf {
  readonly deadline: Pipeline.Stage<"deadline", DeadlineExceeded>
  readonly retry: Pipeline.Stage<"retry", never>
  readonly budget: never
  readonly hedge: Pipeline.Stage<"hedge", never>
  readonly throttle: Pipeline.Stage<"limits", Throttle.Throttled>
  readonly adaptiveLimit: Pipeline.Stage<"limits", AdaptiveLimit.LimitReached>
  readonly bulkhead: Pipeline.Stage<"limits", Bulkhead.BulkheadFull>
  readonly breaker: Pipeline.Stage<"breaker", CircuitBreaker.CircuitOpen>
  readonly timeout: Pipeline.Stage<"timeout", AttemptTimedOut>
}

/** The stages of a pipeline built from settings, as determined by the keys of the settings type. */
export type Stages<S extends Settings, G extends Pipeline.Gates | undefined = undefined> = ReadonlyArray<
  StageOf[keyof S & keyof StageOf] | (G extends undefined ? never : Pipeline.Stage<"gates", never>)
>

/**
 * Builds the pipeline that the settings describe. An absent key does not add a stage.
 *
 * **Details**
 *
 * `budget` limits both retries and hedges. An empty object adds a policy with its defaults: `{ retry: {} }`. If the settings
 * are invalid, the effect fails with an `InvalidPolicy` that contains the option, the given value and a description of the
 * allowed values. For settings from a file or from environment variables, use `PipelineConfig`, which reports problems by
 * path.
 *
 * **Example**
 *
 * ```ts
 * const pipeline = yield* PipelineSettings.make({
 *   deadline: "3 minutes",
 *   retry: { attempts: 4 },
 *   budget: { kind: "ratio" },
 *   breaker: { consecutive: 5, open: "30 seconds" },
 *   timeout: "15 seconds",
 * })
 * ```
 */
export const make = <const S extends Settings, G extends Pipeline.Gates | undefined = undefined>(
  settings: S,
  options: Options<G> = {},
): Effect.Effect<Pipeline.Pipeline<Stages<S, G>>, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(settings, options))

/** Like {@link make}, but throws its `InvalidPolicy`. */
export const makeUnsafe = <const S extends Settings, G extends Pipeline.Gates | undefined = undefined>(
  settings: S,
  options: Options<G> = {},
): Pipeline.Pipeline<Stages<S, G>> => {
  const read = InvalidPolicy.reader("Pipeline")
  read.known<Settings>(settings, settingNames)
  read.known<Options>(options, { gates: true, name: true })
  const { deadline, retry, timeout } = settings
  const budget = given(settings.budget, RetryBudget.makeUnsafe)
  if (budget !== undefined && retry === undefined && settings.hedge === undefined) {
    const allowed = "combined with retry or hedge, because it limits their extra attempts"
    throw new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option: "budget", value: "alone", allowed })
  }
  const limits = [
    given(settings.throttle, Throttle.makeUnsafe),
    given(settings.adaptiveLimit, AdaptiveLimit.makeUnsafe),
    given(settings.bulkhead, Bulkhead.makeUnsafe),
  ].filter((limit) => limit !== undefined)
  const stages: ReadonlyArray<Pipeline.Stage | undefined> = [
    given(deadline, Pipeline.deadline),
    given(retry, (rules) => Pipeline.retry({ ...rules, budget })),
    given(options.gates, Pipeline.gates),
    given(settings.hedge, (hedge) => Pipeline.hedge(Hedge.makeUnsafe({ ...hedge, budget }))),
    limits.length === 0 ? undefined : Pipeline.limits(...limits),
    given(given(settings.breaker, CircuitBreaker.makeUnsafe), Pipeline.breaker),
    given(timeout, Pipeline.timeout),
  ]
  // The list above is in the right order. `Pipeline.makeUnsafe` could check it only if the stages were known to the types.
  const present = stages.filter((stage) => stage !== undefined) as unknown as readonly []
  return Pipeline.named(options.name ?? "", Pipeline.makeUnsafe(...present)) as never
}

const given = <A, B>(value: A | undefined, make: (value: A) => B): B | undefined =>
  value === undefined ? undefined : make(value)
