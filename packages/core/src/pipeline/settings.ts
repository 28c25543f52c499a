/**
 * The options of a whole pipeline as plain data: what a file or the environment can hold, and a reload can change.
 */
import type * as Duration from "effect/Duration"
import type * as AdaptiveLimit from "../policies/adaptiveLimit/options.ts"
import type * as CircuitBreaker from "../policies/breaker/options.ts"
import type * as RetryBudget from "../policies/budget/options.ts"
import type * as Bulkhead from "../policies/bulkhead/options.ts"
import type * as Hedge from "../policies/hedge/options.ts"
import type * as Retry from "../policies/retry/options.ts"
import type * as Throttle from "../policies/throttle/options.ts"

/** One key a policy; a policy whose key is absent is not there, or stays as it is when the settings are a change. */
export interface Settings {
  /** The time that a call may take with everything in it. */
  readonly deadline?: Duration.Input | undefined
  readonly retry?: Retry.Settings | undefined
  /** Pays for retries and hedges alike. */
  readonly budget?: RetryBudget.Options | undefined
  readonly hedge?: Hedge.Settings | undefined
  readonly throttle?: Throttle.Options | undefined
  readonly adaptiveLimit?: AdaptiveLimit.Options | undefined
  readonly bulkhead?: Bulkhead.Options | undefined
  readonly breaker?: CircuitBreaker.Options | undefined
  /** The time that one attempt may take. */
  readonly timeout?: Duration.Input | undefined
}
