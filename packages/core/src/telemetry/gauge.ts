/**
 * A gauge: a value that can be read from a policy at any time.
 */
import type { Name } from "./PolicyMetrics.ts"
import type { Values } from "./series.ts"

/** One gauge, with the function that reads its value; `now` is in monotonic milliseconds. */
export interface Gauge {
  readonly name: Name
  readonly values: Values
  readonly read: (now: number) => number
}
