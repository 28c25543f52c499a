/**
 * Notices when the whole machine stood still, or did not run this process, so that a take-over at that time is not measured.
 */
import type { Disturbance } from "./History.ts"

/** How often the watch looks at the clock, and the gap that counts as a stall, in milliseconds. */
const every = 250
const longest = 2000

/** Begins to watch. `end` returns the stalls. */
export const watch = (): { readonly end: () => ReadonlyArray<Disturbance> } => {
  const stalls: Array<Disturbance> = []
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    if (now - last > longest) stalls.push({ kind: "stall", runner: undefined, at: last, until: now })
    last = now
  }, every)
  return {
    end: () => {
      clearInterval(timer)
      return stalls
    },
  }
}
