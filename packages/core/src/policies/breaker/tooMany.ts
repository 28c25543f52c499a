/**
 * When failures and slow calls are too many for a circuit to stay closed.
 */
import type { Checked } from "./options.ts"
import type { OutcomeWindow } from "./window.ts"

/**
 * What opens the circuit now, in words; `undefined` where nothing does.
 *
 * **Details**
 *
 * Asked after a call that failed or was slow: a failure counts for the failures, and a slow call for the slow calls. So a
 * success, which can be what makes the calls of a window enough, opens nothing.
 */
export const tooMany = (
  { consecutive, window: limits }: Pick<Checked, "consecutive" | "window">,
  streak: number,
  window: OutcomeWindow | undefined,
  failed: boolean,
  slow: boolean,
): string | undefined => {
  if (failed && streak >= consecutive) return streak === 1 ? "a failure" : `${streak} failures in a row`
  if (window === undefined || limits === undefined || window.calls < limits.minimumCalls) return undefined
  const { calls, failures, slow: slowCalls } = window
  if (failed && failures / calls >= limits.failureRate) return `${failures} of ${calls} calls failed`
  return slow && slowCalls / calls >= limits.slowRate ? `${slowCalls} of ${calls} calls were slow` : undefined
}
