/**
 * Describes a deadline in words.
 */
import { time } from "../../time/units.ts"

/** Describes the deadline in words, for example: `deadline 180 s`. */
export const describe = (ms: number): string => `deadline ${time(ms)}`
