/**
 * What the policies themselves say of settings: each key is handed to the policy that reads it.
 */
import * as AdaptiveLimit from "../../policies/adaptiveLimit/AdaptiveLimit.ts"
import * as Bulkhead from "../../policies/bulkhead/Bulkhead.ts"
import * as CircuitBreaker from "../../policies/breaker/CircuitBreaker.ts"
import * as Hedge from "../../policies/hedge/Hedge.ts"
import { InvalidPolicy } from "../InvalidPolicy.ts"
import * as Pipeline from "../Pipeline.ts"
import type { Problem } from "../PipelineConfigError.ts"
import * as RetryBudget from "../../policies/budget/RetryBudget.ts"
import * as Retry from "../../policies/retry/Retry.ts"
import * as Throttle from "../../policies/throttle/Throttle.ts"
import type { Settings } from "../settings.ts"

type Key = keyof Settings

const builders: { readonly [K in Key]-?: (settings: NonNullable<Settings[K]>) => unknown } = {
  deadline: (limit) => Pipeline.deadline(limit).build(),
  retry: Retry.rules,
  budget: RetryBudget.makeUnsafe,
  hedge: Hedge.makeUnsafe,
  throttle: Throttle.makeUnsafe,
  adaptiveLimit: AdaptiveLimit.makeUnsafe,
  bulkhead: Bulkhead.makeUnsafe,
  breaker: CircuitBreaker.makeUnsafe,
  timeout: (after) => Pipeline.timeout(after).build(),
}

/** The keys of settings, outermost first. */
export const keys = Object.keys(builders) as ReadonlyArray<Key>

export const isKey = (key: string): key is Key => Object.hasOwn(builders, key)

/** The modules whose options stand somewhere else than under the key of a policy of the same name. */
const places: Readonly<Record<string, string>> = {
  Deadline: "deadline",
  Timeout: "timeout",
  Retry: "retry",
  Backoff: "retry.backoff",
  RetryBudget: "budget",
  Hedge: "hedge",
  Throttle: "throttle",
  AdaptiveLimit: "adaptiveLimit",
  Bulkhead: "bulkhead",
  CircuitBreaker: "breaker",
}

/** The path among the settings of an option that a policy refused. */
export const pathOf = ({ option, policy }: InvalidPolicy): string => {
  const place = places[policy]
  if (place === undefined) return option
  // These two are their only option.
  return place === "deadline" || place === "timeout" ? place : `${place}.${option}`
}

export const problemOf = (invalid: InvalidPolicy): Problem => ({
  path: pathOf(invalid),
  was: invalid.value === "undefined" ? "absent" : invalid.value,
  allowed: invalid.allowed,
})

/** What the policy of this key finds wrong with its settings; whatever else goes wrong with data of any shape says nothing. */
export const check = (key: Key, settings: unknown): Problem | undefined => {
  try {
    ;(builders[key] as (settings: unknown) => unknown)(settings)
    return undefined
  } catch (error) {
    return error instanceof InvalidPolicy ? problemOf(error) : undefined
  }
}
