/**
 * Defines each stage as data, from which descriptions and worst cases are built. A bundle includes the code that builds
 * descriptions and worst cases only if the program uses that code.
 */
import type { Fallback } from "../policies/fallback/alternatives.ts"
import type { Hedge } from "../policies/hedge/machine.ts"
import type { Policy } from "../policies/retry/retried.ts"
import type { ReloadableGuard } from "./engine/guard.ts"

/** The data for each kind of stage. Times are in milliseconds, and gates are identified by name. */
export interface DataByKind {
  readonly fallback: Fallback
  readonly deadline: number
  readonly retry: Policy
  readonly gates: ReadonlyArray<string>
  readonly hedge: Hedge
  readonly guards: ReadonlyArray<ReloadableGuard>
  readonly timeout: number
  readonly decode: undefined
}

/** A stage as data. */
export type StageData = {
  [Kind in keyof DataByKind]: { readonly kind: Kind; readonly data: DataByKind[Kind] }
}[keyof DataByKind]
