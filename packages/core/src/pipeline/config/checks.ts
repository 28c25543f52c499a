/**
 * Checks settings by passing each key's value to the policy that the key configures.
 */
import * as AdaptiveLimit from "../../policies/adaptiveLimit/AdaptiveLimit.ts"
import * as CircuitBreaker from "../../policies/breaker/CircuitBreaker.ts"
import * as RetryBudget from "../../policies/budget/RetryBudget.ts"
import * as Bulkhead from "../../policies/bulkhead/Bulkhead.ts"
import * as Hedge from "../../policies/hedge/Hedge.ts"
import * as Retry from "../../policies/retry/Retry.ts"
import * as Throttle from "../../policies/throttle/Throttle.ts"
import { InvalidPolicy } from "../InvalidPolicy.ts"
import * as Pipeline from "../Pipeline.ts"
import type { Problem } from "../PipelineConfigError.ts"
import type { Settings } from "../settings.ts"

type Key = keyof Settings

interface Policy<Given> {
  /** The name of the policy's module, as it appears in an `InvalidPolicy`. */
  readonly module: string
  /** Throws an `InvalidPolicy` if the settings are invalid. */
  readonly read: (settings: Given) => unknown
}

const policies: { readonly [K in Key]-?: Policy<NonNullable<Settings[K]>> } = {
  deadline: { module: "Deadline", read: (limit) => Pipeline.deadline(limit).build() },
  retry: { module: "Retry", read: Retry.rules },
  budget: { module: "RetryBudget", read: RetryBudget.makeUnsafe },
  hedge: { module: "Hedge", read: Hedge.makeUnsafe },
  throttle: { module: "Throttle", read: Throttle.makeUnsafe },
  adaptiveLimit: { module: "AdaptiveLimit", read: AdaptiveLimit.makeUnsafe },
  bulkhead: { module: "Bulkhead", read: Bulkhead.makeUnsafe },
  breaker: { module: "CircuitBreaker", read: CircuitBreaker.makeUnsafe },
  timeout: { module: "Timeout", read: (after) => Pipeline.timeout(after).build() },
}

/** The keys of the settings, listed outermost first. */
export const keys = Object.keys(policies) as ReadonlyArray<Key>

export const isKey = (key: string): key is Key => Object.hasOwn(policies, key)

/** Maps the option that a policy rejected to its path within the settings. */
const pathOf = ({ option, policy }: InvalidPolicy): string => {
  if (policy === "Backoff") return `retry.backoff.${option}`
  const key = keys.find((key) => policies[key].module === policy)
  if (key === undefined) return option
  // The settings of these two policies are their only option.
  return key === "deadline" || key === "timeout" ? key : `${key}.${option}`
}

export const problemOf = (invalid: InvalidPolicy): Problem => ({
  path: pathOf(invalid),
  was: invalid.value === "undefined" ? "nothing" : invalid.value,
  allowed: invalid.allowed,
})

/**
 * Returns the problem that the policy for this key reports, if there is one. Other exceptions are ignored, because the data
 * may have any shape.
 */
export const check = (key: Key, settings: unknown): Problem | undefined => {
  try {
    ;(policies[key] as Policy<unknown>).read(settings)
    return undefined
  } catch (error) {
    return error instanceof InvalidPolicy ? problemOf(error) : undefined
  }
}
