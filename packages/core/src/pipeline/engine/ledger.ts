/**
 * Records how a call spends its time. Only calls with a deadline have a ledger; they report its contents when the deadline
 * expires.
 */
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Classified } from "../../errors/Verdict.ts"
import type { Gate } from "../../gates/Gate.ts"
import type { Spent, WaitedGate } from "../../policies/deadline/Deadline.ts"

/** The current activity of a call: an attempt, a wait between attempts, or a wait at a gate or in a queue. */
export type CallPhase = keyof Spent

/** The time that one call has spent in each phase. Times are in milliseconds. */
export class Ledger {
  /** The error after which the call had no time left for a retry. */
  outOfTime: Classified | undefined = undefined
  /** The gate at which the call most recently waited. */
  lastGate: Gate | undefined = undefined
  private phase: CallPhase = "attempts"
  private since: number
  private readonly spent = { attempts: 0, waits: 0, gates: 0, queue: 0 }

  constructor(now: number) {
    this.since = now
  }

  /** Ends the current phase, begins the given phase and returns the phase that ended. */
  begin(phase: CallPhase, now: number): CallPhase {
    const ended = this.phase
    this.spent[ended] += now - this.since
    this.phase = phase
    this.since = now
    return ended
  }

  /** The gate at which the call is currently waiting, and the reason that the gate is closed. */
  gate(): WaitedGate | undefined {
    if (this.phase !== "gates" || this.lastGate === undefined) return undefined
    const { name, state } = this.lastGate
    const current = SubscriptionRef.getUnsafe(state)
    return {
      name,
      reason: current._tag === "Open" ? "open, but earlier calls are still queued at the gate" : current.reason,
    }
  }

  /** The time spent so far in each phase. */
  total(now: number): Spent {
    return { ...this.spent, [this.phase]: this.spent[this.phase] + now - this.since }
  }
}
