/**
 * Describes a throttle in words.
 */
import { round, time } from "../../time/units.ts"
import type { Checked } from "./options.ts"

/** Returns a description of the throttle in this form: `throttle K 2 over 120 s, ≤ 90 % rejected`. */
export const describe = ({ k, maxRejection, window }: Checked): string =>
  `throttle K ${k} over ${time(window)}, ≤ ${round(100 * maxRejection)} % rejected`
