/**
 * Describes a breaker in words.
 */
import { seconds } from "../../time/units.ts"
import type { Checked } from "./options.ts"
import type { WindowSettings } from "./window.ts"

/** Returns a description of the breaker. For example: `breaker 10 in a row, open 30 s`. */
export const describe = (settings: Checked): string => {
  const { consecutive, dryRun, openText, probes, ramp, successThreshold, window } = settings
  const parts = [
    consecutive === Infinity ? "" : `${consecutive} in a row`,
    window === undefined ? "" : `${window.failureRate * 100} % of ${windowText(window)}`,
    window === undefined || window.slowOver === Infinity
      ? ""
      : `${window.slowRate * 100} % over ${seconds(window.slowOver)}`,
    `open ${openText}`,
    probes === 1 && successThreshold === 1 ? "" : `${successThreshold} of ${probes} probes`,
    ramp === undefined ? "" : `ramp ${seconds(ramp.over)} from ${ramp.from * 100} %`,
    dryRun ? "dry run" : "",
  ]
  return `breaker ${parts.filter(Boolean).join(", ")}`
}

const windowText = ({ minimumCalls, of, size }: WindowSettings): string => {
  if (of === "duration") return `at least ${minimumCalls} calls in ${seconds(size)}`
  return minimumCalls === size ? `${size} calls` : `${minimumCalls} to ${size} calls`
}
