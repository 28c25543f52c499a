/**
 * Computes the upper bound on the cost of a call. Each stage derives its own bound from the bound of the stage inside it.
 */
import * as Gates from "../gates/worst.ts"
import type { RetryBudget } from "../policies/budget/budget.ts"
import * as Deadline from "../policies/deadline/worst.ts"
import * as Hedge from "../policies/hedge/worst.ts"
import * as Limits from "../policies/limits/worst.ts"
import * as Retry from "../policies/retry/worst.ts"
import * as Timeout from "../policies/timeout/worst.ts"
import type { DataByKind, StageData } from "./data.ts"
import { send, type WorstCase } from "./worstCase.ts"

type Worst<D> = (data: D, inner: WorstCase, retries: RetryBudget | undefined) => WorstCase

const table: { readonly [Kind in keyof DataByKind]: Worst<DataByKind[Kind]> } = {
  fallback: (_data, inner) => inner,
  deadline: Deadline.worst,
  retry: Retry.worst,
  gates: Gates.worst,
  hedge: Hedge.worst,
  guards: Limits.worst,
  timeout: Timeout.worst,
  decode: (_data, inner) => inner,
}

/** Returns the maximum cost of one call through the given stages, which are listed outermost first. */
export const worstCase = (stages: ReadonlyArray<StageData>): WorstCase => {
  const retries = stages.find((stage) => stage.kind === "retry")?.data.budget
  return stages.reduceRight((inner, { data, kind }) => (table[kind] as Worst<unknown>)(data, inner, retries), send)
}
