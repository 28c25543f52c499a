/**
 * Decides when failures or slow calls open a circuit.
 */
import type { Checked } from "./options.ts"
import type { OutcomeWindow } from "./window.ts"

/**
 * Returns the reason why the circuit must open now, as text, or `undefined` if the circuit stays closed.
 *
 * **Details**
 *
 * This function is called after every call that failed or was slow. A failure is checked against the failure thresholds, and
 * a slow call against the slow-call threshold. Therefore a fast, successful call never opens the circuit, even if it
 * completes the minimum number of calls.
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
