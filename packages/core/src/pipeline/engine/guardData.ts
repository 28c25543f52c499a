/**
 * Defines each guard as data, from which its description is built. A bundle includes the code that builds descriptions only
 * if the program uses that code.
 */
import type { Bounds } from "../../policies/adaptiveLimit/algorithm.ts"
import type { Checked as Breaker } from "../../policies/breaker/options.ts"
import type { Room } from "../../policies/limits/places.ts"
import type { Checked as Throttle } from "../../policies/throttle/options.ts"

/** The data for each kind of guard. */
export interface DataByGuard {
  readonly throttle: Throttle
  readonly adaptiveLimit: { readonly bounds: Bounds; readonly algorithm: string; readonly room: Room }
  readonly bulkhead: { readonly permits: number; readonly room: Room }
  readonly breaker: Breaker
  /** The description of the thresholds and the open times. */
  readonly sharedBreaker: string
}

/** A guard as data. */
export type GuardData = {
  [Kind in keyof DataByGuard]: { readonly kind: Kind; readonly data: DataByGuard[Kind] }
}[keyof DataByGuard]
