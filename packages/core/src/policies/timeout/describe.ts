/**
 * Describes a timeout in words.
 */
import { time } from "../../time/units.ts"

/** Describes the timeout: `timeout 15 s`. */
export const describe = (ms: number): string => `timeout ${time(ms)}`
