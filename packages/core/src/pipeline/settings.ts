/**
 * The options of a whole pipeline as plain data, which can be stored in a file or in environment variables and changed by a
 * reload.
 */
import type * as Duration from "effect/Duration"
import type * as AdaptiveLimit from "../policies/adaptiveLimit/options.ts"
import type * as CircuitBreaker from "../policies/breaker/options.ts"
import type * as RetryBudget from "../policies/budget/options.ts"
import type * as Bulkhead from "../policies/bulkhead/options.ts"
import type * as Hedge from "../policies/hedge/options.ts"
import type * as Retry from "../policies/retry/options.ts"
import type * as Throttle from "../policies/throttle/options.ts"

/**
 * One key per policy. If a key is absent, a new pipeline does not include the policy, and a reload leaves the policy
 * unchanged.
 */
export interface Settings {
  /** The time limit of a call, including all attempts and waits. */
  readonly deadline?: Duration.Input | undefined
  readonly retry?: Retry.Settings | undefined
  /** The budget shared by retries and hedges. */
  readonly budget?: RetryBudget.Options | undefined
  readonly hedge?: Hedge.Settings | undefined
  readonly throttle?: Throttle.Options | undefined
  readonly adaptiveLimit?: AdaptiveLimit.Options | undefined
  readonly bulkhead?: Bulkhead.Options | undefined
  readonly breaker?: CircuitBreaker.Options | undefined
  /** The time limit of one attempt. */
  readonly timeout?: Duration.Input | undefined
}

/** The keys of `Settings`, which are used to check the keys of untyped values. */
export const settingNames: { readonly [Name in keyof Settings]-?: true } = {
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
