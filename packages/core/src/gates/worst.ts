/**
 * The worst case for a call that waits at gates.
 */
import { beyond, type WorstCase } from "../pipeline/worstCase.ts"

/** Adds the wait at the named gates to the worst case. This wait has no upper bound. */
export const worst = (names: ReadonlyArray<string>, inner: WorstCase): WorstCase =>
  names.length === 0 ? inner : beyond("gates", inner)
