/**
 * The worst case of a call that waits at gates.
 */
import { beyond, type WorstCase } from "../pipeline/worstCase.ts"

/** Adds the wait at gates of these names, which has no bound. */
export const worst = (names: ReadonlyArray<string>, inner: WorstCase): WorstCase =>
  names.length === 0 ? inner : beyond("gates", inner)
