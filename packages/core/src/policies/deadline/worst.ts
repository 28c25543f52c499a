/**
 * The worst case of a call with a deadline.
 */
import type { WorstCase } from "../../pipeline/worstCase.ts"

/** Within a deadline, in milliseconds, which bounds the waits too. */
export const worst = (ms: number, inner: WorstCase): WorstCase => ({
  ...inner,
  time: Math.min(ms, inner.time),
  hinted: Math.min(ms, inner.hinted),
  beyond: [],
})
