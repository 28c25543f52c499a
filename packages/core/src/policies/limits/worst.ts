/**
 * The worst case of a call that can wait in queues.
 */
import { beyond, type WorstCase } from "../../pipeline/worstCase.ts"
import type { Room } from "./places.ts"

/** The longest wait for a permit, in milliseconds, or `Infinity` if the wait is unbounded. */
export const longestWait = ({ maxWait, queue }: Room): number => (queue === 0 ? 0 : maxWait)

/** Adds the longest wait for each guard to the worst case. The guards are listed from the outermost to the innermost. */
export const worst = (guards: ReadonlyArray<{ readonly longestWait: () => number }>, inner: WorstCase): WorstCase =>
  guards.reduceRight((worst, guard) => queued(guard.longestWait(), worst), inner)

const queued = (longestWait: number, inner: WorstCase): WorstCase =>
  Number.isFinite(longestWait)
    ? { ...inner, time: inner.time + longestWait, hinted: inner.hinted + longestWait }
    : beyond("queue", inner)
