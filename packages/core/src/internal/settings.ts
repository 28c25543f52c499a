/**
 * The options of a whole pipeline as plain data: what a file or the environment can hold, and a reload can change.
 */
import type * as Duration from "effect/Duration"
import type * as Retry from "../Retry.ts"
import type * as RetryBudget from "../RetryBudget.ts"
import type * as CircuitBreaker from "../CircuitBreaker.ts"

/** One key a policy; a policy whose key is absent is not there, or stays as it is when the settings are a change. */
export interface Settings {
  readonly deadline?: Duration.Input | undefined
  readonly retry?: Retry.Settings | undefined
  readonly budget?: RetryBudget.Options | undefined
  readonly breaker?: CircuitBreaker.Options | undefined
  readonly timeout?: Duration.Input | undefined
}
