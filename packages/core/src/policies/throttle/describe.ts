/**
 * A throttle in words.
 */
import { round, time } from "../../time/units.ts"
import type { Checked } from "./options.ts"

/** `throttle K 2 over 120 s, ≤ 90 % refused`. */
export const describe = ({ k, maxRejection, window }: Checked): string =>
  `throttle K ${k} over ${time(window)}, ≤ ${round(100 * maxRejection)} % refused`
