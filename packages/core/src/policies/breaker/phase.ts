/**
 * The phases of a circuit and their changes.
 */

/** The phase of a circuit. `Recovering` is closed, but admits only a growing share of the calls. */
export type Phase = "Closed" | "Open" | "HalfOpen" | "Recovering" | "Isolated"

/** A change of phase; `at` is in monotonic milliseconds. */
export interface PhaseChange {
  readonly from: Phase
  readonly to: Phase
  readonly at: number
  readonly reason: string
}

/** A request to reject all calls; `since` is in monotonic milliseconds. */
export interface IsolationRequest {
  readonly reason: string
  readonly since: number
}

/** The ticket of a call that a dry run admits although the circuit is not closed. Its outcome is ignored. */
export const bystander = 0
