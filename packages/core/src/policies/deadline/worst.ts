/**
 * The worst case of a call with a deadline.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"

/** Bounds the worst case, including its waits, by a deadline in milliseconds. */
export const worst = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
  beyond: [],
})
