/**
 * Records how a call spends its time. Kept for calls with a deadline, which report it when the deadline passes.
 */
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Classified } from "../../errors/Verdict.ts"
import type { Gate } from "../../gates/Gate.ts"
import type { Spent, WaitedGate } from "../../policies/deadline/Deadline.ts"

/** What a call is doing: an attempt, a wait between attempts, or a wait at a gate or in a queue. */
export type CallPhase = keyof Spent

/** The phases of one call. Times are in milliseconds. */
export class Ledger {
  /** The error that there was no time left to retry. */
  outOfTime: Classified | undefined = undefined
  /** The gate at which the call waited last. */
  lastGate: Gate | undefined = undefined
  private phase: CallPhase = "attempts"
  private since: number
  private readonly spent = { attempts: 0, waits: 0, gates: 0, queue: 0 }

  constructor(now: number) {
    this.since = now
  }

  /** Ends the current phase and begins another; returns the one that ended. */
  begin(phase: CallPhase, now: number): CallPhase {
    const ended = this.phase
    this.spent[ended] += now - this.since
    this.phase = phase
    this.since = now
    return ended
  }

  /** The gate at which the call is waiting, and why it is closed. */
  gate(): WaitedGate | undefined {
    if (this.phase !== "gates" || this.lastGate === undefined) return undefined
    const { name, state } = this.lastGate
    const current = SubscriptionRef.getUnsafe(state)
    return {
      name,
      reason: current._tag === "Open" ? "open, but earlier calls are still queued at the gate" : current.reason,
    }
  }

  /** The time spent so far. */
  total(now: number): Spent {
    return { ...this.spent, [this.phase]: this.spent[this.phase] + now - this.since }
  }
}
