/**
 * Settings, plain data with one key a policy, become a pipeline: its stages in the one order.
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
import type { Settings } from "./settings.ts"

export type { Settings }

/** What data cannot hold. */
export interface Options<out G extends Pipeline.Gates | undefined = Pipeline.Gates | undefined> {
  readonly gates?: G
  /** For events and metrics. */
  readonly name?: string | undefined
}

/** The stage that each key becomes; a budget becomes part of others. */
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

/** The stages of a pipeline that is made of settings: those whose keys the type of the settings has. */
export type Stages<S extends Settings, G extends Pipeline.Gates | undefined = undefined> = ReadonlyArray<
  StageOf[keyof S & keyof StageOf] | (G extends undefined ? never : Pipeline.Stage<"gates", never>)
>

/**
 * Makes the pipeline that the settings describe; every key that is absent is a stage that is not there.
 *
 * **Details**
 *
 * `budget` pays for the retries and the hedges. A policy with its defaults is an empty object: `{ retry: {} }`. Fails
 * with an `InvalidPolicy` that names the option, what it was and what is allowed; for settings from a file or the
 * environment, `PipelineConfig` says the same of paths and names all that is wrong at once.
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

/** {@link make} that throws its `InvalidPolicy`. */
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
    const allowed = "used with retry or hedge, which it pays for"
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
  // The order is the one of the list above, which `Pipeline.makeUnsafe` could only check if the stages were known.
  const present = stages.filter((stage) => stage !== undefined) as unknown as readonly []
  return Pipeline.named(options.name ?? "", Pipeline.makeUnsafe(...present)) as never
}

const settingNames: { readonly [Name in keyof Settings]-?: true } = {
  deadline: true,
  retry: true,
  budget: true,
  hedge: true,
  throttle: true,
  adaptiveLimit: true,
  bulkhead: true,
  breaker: true,
  timeout: true,
}

const given = <A, B>(value: A | undefined, make: (value: A) => B): B | undefined =>
  value === undefined ? undefined : make(value)
