/**
 * The worst case of an attempt with a timeout.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"

/** Limits the worst case to a timeout in milliseconds. */
export const worst = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
})
