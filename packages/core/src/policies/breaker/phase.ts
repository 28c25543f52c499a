/**
 * The phases of a circuit and the transitions between them.
 */

/** The phase of a circuit. In the `Recovering` phase, the circuit is closed but admits only a growing share of the calls. */
export type Phase = "Closed" | "Open" | "HalfOpen" | "Recovering" | "Isolated"

/** A change of a circuit's phase. The time `at` is in monotonic milliseconds. */
export interface PhaseChange {
  readonly from: Phase
  readonly to: Phase
  readonly at: number
  readonly reason: string
}

/** A request to reject all calls. The time `since` is in monotonic milliseconds. */
export interface IsolationRequest {
  readonly reason: string
  readonly since: number
}

/**
 * The ticket for a call that is admitted during a dry run although the circuit is not closed. The outcome of a call with this
 * ticket is ignored.
 */
export const bystander = 0
