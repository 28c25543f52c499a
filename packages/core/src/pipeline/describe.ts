/**
 * Describes stages in words; each policy provides its own description.
 */
import * as Gates from "../gates/describe.ts"
import * as Deadline from "../policies/deadline/describe.ts"
import * as Fallback from "../policies/fallback/describe.ts"
import * as Retry from "../policies/retry/describe.ts"
import * as Timeout from "../policies/timeout/describe.ts"
import type { DataByKind, StageData } from "./data.ts"

const table: { readonly [Kind in keyof DataByKind]: (data: DataByKind[Kind]) => string } = {
  fallback: Fallback.describe,
  deadline: Deadline.describe,
  retry: Retry.describe,
  gates: Gates.describe,
  hedge: (hedge) => hedge.describe(),
  guards: (guards) => guards.map((guard) => guard.describe()).join(" › "),
  timeout: Timeout.describe,
  decode: () => "decode",
}

/** Describes one stage: `retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter)`. */
export const describe = ({ data, kind }: StageData): string => (table[kind] as (data: unknown) => string)(data)
