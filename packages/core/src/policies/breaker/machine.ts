/**
 * The state machine of a breaker. The machine accepts times and outcomes and returns tickets. The machine does not use a
 * clock, timers or effects.
 *
 * **Details**
 *
 * The machine advances when a call arrives. The method `look` applies each transition as of the time at which the transition
 * was due. Therefore the state is the same as if timers had triggered the transitions, no matter how rarely calls arrive.
 */
import type { Outcome } from "../../telemetry/Observer.ts"
import { Leases } from "./leases.ts"
import { OpenTimes } from "./openTimes.ts"
import type { Checked } from "./options.ts"
import type { PhaseChange, IsolationRequest, Phase } from "./phase.ts"
import { Admissions, none } from "./ramp.ts"
import { tooMany } from "./tooMany.ts"
import * as Windows from "./window.ts"

/** The placeholder time of an event that has not happened. */
export const never = -Infinity

/**
 * The duration of a probe is unknown, so a rejected caller may retry after this many milliseconds or after half a lease,
 * whichever is shorter.
 */
const askAgainMs = 1000

/**
 * The state of one circuit.
 *
 * **Details**
 *
 * A positive ticket is the number of the generation in which a call was admitted. A negative ticket belongs to a probe, and
 * each probe has its own ticket. An outcome counts only while its ticket is valid. Therefore an outcome has no effect if its
 * call began before the circuit was opened, isolated or reset, or if the call was a probe whose lease has expired.
 */
export class Machine {
  settings: Checked
  phase: Exclude<Phase, "Isolated"> = "Closed"
  /** The time when the current phase started, in monotonic milliseconds. */
  since = never
  /** The reason why the circuit last opened. */
  reason = ""
  streak = 0
  window: Windows.OutcomeWindow | undefined
  /** The number of probes that have succeeded since the circuit became half-open. */
  succeeded = 0
  /** The isolations that are currently in force. Each rejection reports the reason of the oldest isolation in force. */
  readonly isolations: Array<IsolationRequest> = []
  /** The transitions that have not been reported to observers yet. */
  changes: Array<PhaseChange> = []
  readonly counters = { successes: 0, failures: 0, slow: 0, ignored: 0, late: 0, rejected: 0 }

  readonly openTimes = new OpenTimes()
  readonly probes = new Leases()

  private readonly admissions = new Admissions()
  private generation = 1
  private lastProbe = 0
  /** The time when the open time ends, in monotonic milliseconds. */
  private until = 0
  private seen = -Infinity

  constructor(settings: Checked) {
    this.settings = settings
    this.window = settings.window && Windows.make(settings.window)
  }

  /** Returns whether the circuit has the same state as a new circuit. */
  pristine(now: number): boolean {
    this.look(now)
    const { openTimes, streak, window } = this
    if (!this.closed() || streak > 0 || !openTimes.wellUntil(now)) return false
    window?.forget(now)
    return (window?.calls ?? 0) === 0
  }

  /** Admits or rejects an arriving call. Returns a ticket if the call is admitted, and `undefined` if it is rejected. */
  enter(now: number): number | undefined {
    return this.closed() ? this.generation : this.admit(now)
  }

  /** Returns whether every call is admitted regardless of the current time. */
  closed(): boolean {
    return this.phase === "Closed" && this.isolations.length === 0
  }

  /** Returns whether every call is certain to be rejected now; does not apply the transitions that are due. */
  refuses(now: number): boolean {
    if (this.isolations.length > 0) return true
    // Due transitions, and a clock that was set back, are left to `look`.
    if (this.phase === "Closed" || now < this.seen) return false
    this.seen = now
    if (this.phase === "HalfOpen") return this.probes.size >= this.settings.probes && now < this.probes.end()
    return this.phase === "Open" && now < this.until
  }

  private admit(now: number): number | undefined {
    this.look(now)
    const ticket = this.refuses(now) ? undefined : this.place(now)
    if (ticket === undefined) this.counters.rejected++
    return ticket
  }

  private place(now: number): number | undefined {
    if (this.phase === "HalfOpen") {
      this.probes.take(--this.lastProbe, now + this.settings.probeLease)
      return this.lastProbe
    }
    const { ramp = none } = this.settings
    return this.phase === "Closed" || this.admissions.admits(ramp, now - this.since) ? this.generation : undefined
  }

  /** Records the end of a call. `hint` is the time that the server asked the client to wait, in milliseconds. */
  leave(ticket: number, outcome: Outcome, ms: number, now: number, hint: number): void {
    if (this.phase !== "Closed") this.look(now)
    const { counters } = this
    const probe = ticket < 0
    if (probe ? !this.probes.give(ticket) : ticket !== this.generation) {
      counters.late++
    } else if (outcome === "ignored") {
      counters.ignored++
    } else {
      const failed = outcome === "failure" || outcome === "overload"
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
    if (failed || slow) {
      this.look(now)
      const why = tooMany(this.settings, this.streak, this.window, failed, slow)
      if (why !== undefined) this.open(now, why, hint)
    }
  }

  private probed(now: number, failed: boolean, hint: number): void {
    if (failed) this.open(now, "a probe failed", hint)
    else if (++this.succeeded >= this.settings.successThreshold) this.close(now)
  }

  /** Returns the number of milliseconds, greater than 0, after which a call that has just been rejected may be admitted. */
  retryAfter(now: number): number {
    const { isolations, openTimes, phase, settings } = this
    if (isolations.length > 0) return openTimes.upcoming(settings)
    if (phase === "Open") return this.until - now
    if (phase === "Recovering") return this.admissions.wait(settings.ramp ?? none, now - this.since)
    const left = this.probes.end() - now
    const pause = Math.ceil(Math.min(askAgainMs, settings.probeLease / 2))
    return left > pause ? pause : left + openTimes.upcoming(settings)
  }

  /** Applies the transitions that are due. During an isolation, due transitions are still applied but not reported. */
  look(now: number): void {
    if (now < this.seen) this.setBack(this.seen - now)
    this.seen = now
    if (this.phase === "HalfOpen") {
      const end = this.probes.end()
      if (now >= end) this.open(end, "a probe did not finish within its lease", 0)
    }
    if (this.phase === "Open" && now >= this.until) {
      this.succeeded = 0
      this.change("HalfOpen", this.until, "the open time has ended")
    }
    if (this.phase === "Recovering") {
      // A reload that removes the ramp ends it.
      const { over } = this.settings.ramp ?? none
      const end = this.since + over
      if (now >= end) this.change("Closed", end, "the ramp has ended")
    }
  }

  /**
   * If the clock has been set back, moves all stored times back by the same amount. Otherwise setting the clock back would
   * extend the open time by the same amount.
   */
  private setBack(by: number): void {
    this.since -= by
    this.until -= by
    this.openTimes.setBack(by)
    this.probes.setBack(by)
  }

  private open(at: number, reason: string, hint: number): void {
    const { openTimes, phase, settings } = this
    const ms = phase === "HalfOpen" ? openTimes.again(settings, hint) : openTimes.open(at, settings, hint)
    const { problem } = openTimes
    this.until = at + ms
    this.reason = reason
    this.forget()
    this.change("Open", at, reason)
    // The circuit opens even if the user's function throws: a bug in it must not leave the service unprotected.
    if (problem !== undefined) throw problem.thrown
  }

  private close(at: number): void {
    this.openTimes.close(at)
    this.admissions.begin()
    this.fence()
    this.change(this.settings.ramp === undefined ? "Closed" : "Recovering", at, "the probes succeeded")
  }

  /** Resets the circuit to its initial state, but keeps its isolations and counters. */
  reset(at: number): void {
    this.look(at)
    this.openTimes.anew()
    this.forget()
    this.change("Closed", at, "reset")
  }

  /** Rejects every call until the isolation is released, and ignores the outcomes of calls in flight. */
  isolate(at: number, reason: string): IsolationRequest {
    this.look(at)
    const isolation: IsolationRequest = { reason, since: at }
    const first = this.isolations.length === 0
    this.isolations.push(isolation)
    if (first) {
      this.fence()
      this.changes.push({ from: this.phase, to: "Isolated", at, reason })
    }
    return isolation
  }

  /**
   * Ends one isolation. When the last isolation ends, the circuit returns to its underlying state (closed, open, half-open or
   * recovering).
   */
  release(at: number, isolation: IsolationRequest): void {
    this.look(at)
    const { isolations } = this
    const index = isolations.indexOf(isolation)
    if (index < 0) return
    isolations.splice(index, 1)
    if (isolations.length > 0) return
    this.changes.push({ from: "Isolated", to: this.phase, at, reason: "released" })
  }

  /** Applies new settings, but keeps the failure streak, the window, the current open time and the probes. */
  reload(settings: Checked): void {
    this.window = settings.window && Windows.remake(this.window, settings.window)
    this.settings = settings
    this.openTimes.ask()
  }

  private change(to: Exclude<Phase, "Isolated">, at: number, reason: string): void {
    const from = this.phase
    this.phase = to
    this.since = at
    if (from !== to && this.isolations.length === 0) this.changes.push({ from, to, at, reason })
  }

  /** Invalidates all tickets. */
  private fence(): void {
    this.generation++
    this.probes.clear()
  }

  /** Invalidates all tickets and clears the failure streak and the window. */
  private forget(): void {
    this.fence()
    this.streak = 0
    this.window?.clear()
  }
}
