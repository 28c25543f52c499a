/**
 * Describes stages in words; each policy provides its own description.
 */
import * as Gates from "../gates/describe.ts"
import * as AdaptiveLimit from "../policies/adaptiveLimit/describe.ts"
import * as Breaker from "../policies/breaker/describe.ts"
import * as Bulkhead from "../policies/bulkhead/describe.ts"
import * as Deadline from "../policies/deadline/describe.ts"
import * as Fallback from "../policies/fallback/describe.ts"
import * as Retry from "../policies/retry/describe.ts"
import * as Throttle from "../policies/throttle/describe.ts"
import * as Timeout from "../policies/timeout/describe.ts"
import type { DataByKind, StageData } from "./data.ts"
import type { DataByGuard, GuardData } from "./engine/guardData.ts"

const table: { readonly [Kind in keyof DataByKind]: (data: DataByKind[Kind]) => string } = {
  fallback: Fallback.describe,
  deadline: Deadline.describe,
  retry: Retry.describe,
  gates: Gates.describe,
  hedge: (hedge) => hedge.describe(),
  guards: (guards) => guards.map((guard) => describeGuard(guard.data())).join(" › "),
  timeout: Timeout.describe,
  decode: () => "decode",
}

const guards: { readonly [Kind in keyof DataByGuard]: (data: DataByGuard[Kind]) => string } = {
  throttle: Throttle.describe,
  adaptiveLimit: AdaptiveLimit.describe,
  bulkhead: Bulkhead.describe,
  breaker: Breaker.describe,
  sharedBreaker: (text) => `${text}, shared`,
}

/** Describes one guard: `breaker 5 in a row, open 30 s`. */
export const describeGuard = ({ data, kind }: GuardData): string => (guards[kind] as (data: unknown) => string)(data)

/** Describes one stage: `retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter)`. */
export const describe = ({ data, kind }: StageData): string => (table[kind] as (data: unknown) => string)(data)
