/**
 * Computes the worst case of an attempt that has a timeout.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"

/** Caps the times of the worst case at a timeout in milliseconds. */
export const worst = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
})
