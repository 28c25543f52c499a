/**
 * A gauge: a value that can be read of a policy at any moment.
 */
import type { Name } from "./PolicyMetrics.ts"
import type { Values } from "./series.ts"

/** One gauge: how to read it, at a moment in monotonic milliseconds. */
export interface Gauge {
  readonly name: Name
  readonly values: Values
  readonly read: (now: number) => number
}
