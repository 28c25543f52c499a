/**
 * The words in which a circuit is spoken of.
 */

/** What a circuit does. `Recovering` is closed already, and admits a growing share of the calls. */
export type Phase = "Closed" | "Open" | "HalfOpen" | "Recovering" | "Isolated"

/** A change of the phase; `at` is in monotonic milliseconds. */
export interface PhaseChange {
  readonly from: Phase
  readonly to: Phase
  readonly at: number
  readonly reason: string
}

/** A request to admit no call; `since` is in monotonic milliseconds. */
export interface IsolationRequest {
  readonly reason: string
  readonly since: number
}

/** The ticket of a call that gets in although the circuit is not closed, in a dry run: its outcome counts for nothing. */
export const bystander = 0
