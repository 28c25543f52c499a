/**
 * Computes the worst case of a call that has a deadline.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"

/** Limits the worst-case duration, including waits, to a deadline in milliseconds. */
export const worst = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
  beyond: [],
})
