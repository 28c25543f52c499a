/**
 * The state machine of a breaker: numbers in, tickets out; no clock, no timer, no effect.
 *
 * **Details**
 *
 * Time is looked at when a call comes, and what has become due since is done as of the time it was due (`look`). So the
 * machine is in the state in which timers would have put it, whoever looks and however seldom.
 */
import type { Outcome } from "../../Observer.ts"
import type { Settings } from "./options.ts"
import { none, reaches, shareAt } from "./ramp.ts"
import * as Windows from "./window.ts"

/** What a circuit does. `Recovering` is closed already, and admits a growing share of the calls. */
export type Phase = "Closed" | "Open" | "HalfOpen" | "Recovering" | "Isolated"

/** A change of the phase; `at` is in milliseconds of the epoch. */
export interface Change {
  readonly from: Phase
  readonly to: Phase
  readonly at: number
  readonly reason: string
}

/** That somebody wants no call to get in; `since` is in milliseconds of the epoch. */
export interface Isolation {
  readonly reason: string
  readonly since: number
}

/** The ticket of a call that gets in although the circuit is not closed, in a dry run: its outcome counts for nothing. */
export const bystander = 0

/** While a probe is under way nobody knows for how long: who was rejected may ask again after a second, or half a lease. */
const askAgain = 1000

/**
 * One circuit.
 *
 * **Details**
 *
 * A ticket above 0 is the generation in which a call was admitted, one below 0 is that of a probe, and each probe has
 * its own. An outcome counts only while its ticket is valid: so nothing that began before the circuit opened, was
 * isolated or was reset changes what came after, and nothing comes of a probe whose lease has ended.
 */
export class Machine {
  settings: Settings
  phase: Exclude<Phase, "Isolated"> = "Closed"
  /** Since when it is in this phase. */
  since = 0
  /** Why it opened. */
  reason = ""
  streak = 0
  window: Windows.Window | undefined
  /** The openings since the circuit last stayed closed for as long as it had been open. */
  openings = 0
  /** The probes that have succeeded since the circuit became half-open. */
  succeeded = 0
  /** Why it is isolated, by whom that was asked for; the first reason is the one that is told. */
  readonly isolations = new Set<Isolation>()
  /** The changes that nobody has been told of. */
  changes: Array<Change> = []
  readonly counters = { successes: 0, failures: 0, slow: 0, ignored: 0, late: 0, rejected: 0 }

  private generation = 1
  private lastProbe = 0
  /** When the lease of each probe ends, by its ticket. */
  private readonly probes = new Map<number, number>()
  private openMs = 0
  private until = 0
  private closedAt = -Infinity
  /** The part of a call that the ramp owes. */
  private credit = 0
  /** The open time that comes next; -1 while it is not known. */
  private next = -1
  private seen = -Infinity

  constructor(settings: Settings) {
    this.settings = settings
    this.window = settings.window && Windows.make(settings.window)
  }

  get probing(): number {
    return this.probes.size
  }

  /** Whether the circuit is as a new one would be at this time. */
  pristine(now: number): boolean {
    this.look(now)
    const { isolations, phase, streak, window } = this
    window?.forget(now)
    const idle = phase === "Closed" && isolations.size === 0 && streak === 0 && (window?.calls ?? 0) === 0
    return idle && now - this.closedAt >= this.openMs
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Calls
  // -------------------------------------------------------------------------------------------------------------------

  /** A call comes: the ticket with which it gets in, or `undefined`. */
  enter(now: number): number | undefined {
    return this.phase === "Closed" && this.isolations.size === 0 ? this.generation : this.admit(now)
  }

  private admit(now: number): number | undefined {
    this.look(now)
    const ticket = this.isolations.size > 0 ? undefined : this.place(now)
    if (ticket === undefined) this.counters.rejected++
    return ticket
  }

  private place(now: number): number | undefined {
    const { probeLease, probes, ramp = none } = this.settings
    switch (this.phase) {
      case "Closed":
        return this.generation
      case "Open":
        return undefined
      case "HalfOpen":
        if (this.probes.size >= probes) return undefined
        this.probes.set(--this.lastProbe, now + probeLease)
        return this.lastProbe
      case "Recovering":
        this.credit += shareAt(ramp, now - this.since)
        if (this.credit < 1) return undefined
        this.credit -= 1
        return this.generation
    }
  }

  /** A call has ended; `hint` is for how long the server asked not to be called, in milliseconds. */
  leave(ticket: number, outcome: Outcome, ms: number, now: number, hint: number): void {
    if (this.phase !== "Closed") this.look(now)
    const { counters } = this
    const probe = ticket < 0
    if (probe ? !this.probes.delete(ticket) : ticket !== this.generation) {
      counters.late++
    } else if (outcome === "ignored") {
      counters.ignored++
    } else {
      const failed = outcome === "failure"
      const slow = ms > (this.settings.window?.slowOver ?? Infinity)
      if (failed) counters.failures++
      else counters.successes++
      if (slow) counters.slow++
      if (probe) this.probed(now, failed || slow, hint)
      else this.count(now, failed, slow, hint)
    }
  }

  private count(now: number, failed: boolean, slow: boolean, hint: number): void {
    this.streak = failed ? this.streak + 1 : 0
    this.window?.add(now, 1, failed ? 1 : 0, slow ? 1 : 0)
    if (!failed && !slow) return
    const why = this.tooMany(failed, slow)
    if (why !== undefined) this.open(now, why, hint)
  }

  private probed(now: number, failed: boolean, hint: number): void {
    if (failed) this.open(now, "a probe failed", hint)
    else if (++this.succeeded >= this.settings.successThreshold) this.close(now)
  }

  /** What opens the circuit now, in words: a failure counts for the failures and a slow call for the slow calls. */
  private tooMany(failed: boolean, slow: boolean): string | undefined {
    const { streak, window } = this
    const { consecutive, window: limits } = this.settings
    if (failed && streak >= consecutive) return streak === 1 ? "a failure" : `${streak} failures in a row`
    if (window === undefined || limits === undefined || window.calls < limits.minimumCalls) return undefined
    const { calls, failures, slow: slowCalls } = window
    if (failed && failures / calls >= limits.failureRate) return `${failures} of ${calls} calls failed`
    return slow && slowCalls / calls >= limits.slowRate ? `${slowCalls} of ${calls} calls were slow` : undefined
  }

  /** In how many milliseconds a call that was rejected just now gets in, or finds a probe under way; above 0. */
  retryAfter(now: number): number {
    if (this.isolations.size > 0) return this.upcoming()
    if (this.phase === "Open") return this.until - now
    const { probeLease, ramp = none } = this.settings
    if (this.phase === "Recovering") return Math.max(reaches(ramp, 1 - this.credit) - (now - this.since), 1)
    const left = this.leaseEnd() - now
    const pause = Math.ceil(Math.min(askAgain, probeLease / 2))
    return left > pause ? pause : left + this.upcoming()
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Time
  // -------------------------------------------------------------------------------------------------------------------

  /** Does what has become due, beneath an isolation too; but then nobody is told. */
  look(now: number): void {
    if (now < this.seen) this.setBack(this.seen - now)
    this.seen = now
    if (this.phase === "HalfOpen") {
      const end = this.leaseEnd()
      if (now >= end) this.open(end, "a probe did not answer", 0)
    }
    if (this.phase === "Open" && now >= this.until) {
      this.succeeded = 0
      this.change("HalfOpen", this.until, "the open time is over")
    }
    if (this.phase === "Recovering") {
      // A ramp that was taken away by a reload is over.
      const { over } = this.settings.ramp ?? none
      const end = this.since + over
      if (now >= end) this.change("Closed", end, "every call is admitted")
    }
  }

  /** The clock was set back: all times move with it, or the circuit would stay open for as long as it was set back. */
  private setBack(by: number): void {
    this.since -= by
    this.until -= by
    this.closedAt -= by
    for (const [probe, end] of this.probes) this.probes.set(probe, end - by)
  }

  private leaseEnd(): number {
    let end = Infinity
    for (const each of this.probes.values()) if (each < end) end = each
    return end
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Changes
  // -------------------------------------------------------------------------------------------------------------------

  private open(at: number, reason: string, hint: number): void {
    // A service that has stayed well for as long as it was away begins anew; one that flaps does not.
    if (this.phase !== "HalfOpen" && at - this.closedAt >= this.openMs) this.anew()
    this.openMs = Math.min(Math.max(this.upcoming(), hint), this.settings.maxOpen)
    this.openings++
    this.next = -1
    this.until = at + this.openMs
    this.reason = reason
    this.seen = Math.max(this.seen, at)
    this.fence()
    this.forget()
    this.change("Open", at, reason)
  }

  private close(at: number): void {
    this.closedAt = at
    this.credit = 1
    this.fence()
    this.change(this.settings.ramp === undefined ? "Closed" : "Recovering", at, "the service answers")
  }

  /** Begins as a new circuit does; isolations stay. */
  reset(at: number): void {
    this.look(at)
    this.closedAt = -Infinity
    this.openMs = 0
    this.anew()
    this.fence()
    this.forget()
    this.change("Closed", at, "reset")
  }

  /** Rejects every call until it is released; what is under way counts for nothing. */
  isolate(at: number, reason: string): Isolation {
    this.look(at)
    const isolation: Isolation = { reason, since: at }
    const first = this.isolations.size === 0
    this.isolations.add(isolation)
    if (first) {
      this.fence()
      this.changes.push({ from: this.phase, to: "Isolated", at, reason })
    }
    return isolation
  }

  /** Takes back one isolation; the last one lets the circuit go on where it was. */
  release(at: number, isolation: Isolation): void {
    this.look(at)
    if (!this.isolations.delete(isolation) || this.isolations.size > 0) return
    this.changes.push({ from: "Isolated", to: this.phase, at, reason: "released" })
  }

  /** Takes other settings; streak, window, open time and probes stay. */
  reload(settings: Settings): void {
    this.window = settings.window && Windows.remake(this.window, settings.window)
    this.settings = settings
    this.next = -1
  }

  private change(to: Exclude<Phase, "Isolated">, at: number, reason: string): void {
    const from = this.phase
    this.phase = to
    this.since = at
    if (from !== to && this.isolations.size === 0) this.changes.push({ from, to, at, reason })
  }

  /** Makes all tickets invalid. */
  private fence(): void {
    this.generation++
    this.probes.clear()
  }

  private forget(): void {
    this.streak = 0
    this.window?.clear()
  }

  private anew(): void {
    this.openings = 0
    this.next = -1
  }

  /** The next open time without a hint, in milliseconds; a function is asked once an opening. */
  private upcoming(): number {
    if (this.next < 0) this.next = Math.min(Math.max(this.settings.open(this.openings + 1), 1), this.settings.maxOpen)
    return this.next
  }
}
