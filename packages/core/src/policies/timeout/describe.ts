/**
 * A timeout in words.
 */
import { time } from "../../time/units.ts"

/** `timeout 15 s`. */
export const describe = (ms: number): string => `timeout ${time(ms)}`
