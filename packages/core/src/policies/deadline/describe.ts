/**
 * A deadline in words.
 */
import { time } from "../../time/units.ts"

/** `deadline 180 s`. */
export const describe = (ms: number): string => `deadline ${time(ms)}`
