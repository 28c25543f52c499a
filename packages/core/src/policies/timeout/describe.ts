/**
 * Describes a timeout in words.
 */
import { time } from "../../time/units.ts"

/** Returns a description of the timeout in this form: `timeout 15 s`. */
export const describe = (ms: number): string => `timeout ${time(ms)}`
