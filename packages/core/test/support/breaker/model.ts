/**
 * A model of the circuit breaker, written as plainly as possible and independently of it: timers that fire at their time, a
 * list of all outcomes, and calls that know whether they still count.
 */

export interface Settings {
  readonly consecutive?: number
  readonly window?: {
    readonly calls?: number
    readonly duration?: number
    readonly failureRate: number
    readonly minimumCalls: number
    readonly slowCall?: { readonly over: number; readonly rate: number }
  }
  readonly open: { readonly base: number; readonly factor: number; readonly cap: number }
  readonly maxOpen: number
  readonly probes: number
  readonly successThreshold: number
  readonly probeLease: number
  readonly ramp?: { readonly over: number; readonly from: number }
}

export interface ModelCall {
  readonly began: number
  readonly probe: boolean
  /** When a probe that has not ended counts as failed. */
  readonly leaseEnd: number
  /** Whether its outcome will count. */
  counts: boolean
}

export type Result = "success" | "failure" | "ignored"

export class Model {
  now = 0
  phase: "Closed" | "Open" | "HalfOpen" | "Recovering" = "Closed"
  since = 0
  streak = 0
  outcomes: Array<{ readonly at: number; readonly failed: boolean; readonly slow: boolean }> = []
  openings = 0
  openTime = 0
  closedAt = -Infinity
  succeeded = 0
  credit = 0
  isolations = 0
  calls: Array<ModelCall> = []
  changes: Array<string> = []
  settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  copy(): Model {
    const copy = Object.assign(new Model(this.settings), this)
    copy.outcomes = [...this.outcomes]
    copy.calls = this.calls.map((call) => ({ ...call }))
    copy.changes = [...this.changes]
    return copy
  }

  // Time -------------------------------------------------------------------------------------------------------------

  /** Advances the time, and fires every timer at its time. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const timer = this.timer()
      if (timer === undefined || timer.at > end) break
      this.now = Math.max(timer.at, this.now)
      timer.fire()
    }
    this.now = end
  }

  private timer(): { readonly at: number; readonly fire: () => void } | undefined {
    switch (this.phase) {
      case "Closed":
        return undefined
      case "Open":
        return { at: this.since + this.openTime, fire: () => this.become("HalfOpen") }
      case "Recovering":
        return { at: this.since + (this.settings.ramp?.over ?? 0), fire: () => this.become("Closed") }
      case "HalfOpen": {
        const ends = this.probing().map(({ leaseEnd }) => leaseEnd)
        return ends.length === 0 ? undefined : { at: Math.min(...ends), fire: () => this.open(0) }
      }
    }
  }

  probing(): Array<ModelCall> {
    return this.calls.filter((call) => call.probe && call.counts)
  }

  // Calls ------------------------------------------------------------------------------------------------------------

  /** The admitted call, or the time after which to retry. */
  enter(): ModelCall | number {
    if (this.isolations > 0) return this.nextOpenTime()
    switch (this.phase) {
      case "Closed":
        return this.admit(false)
      case "Open":
        return this.since + this.openTime - this.now
      case "HalfOpen": {
        const { probeLease, probes } = this.settings
        if (this.probing().length < probes) return this.admit(true)
        const left = Math.min(...this.probing().map(({ leaseEnd }) => leaseEnd)) - this.now
        const pause = Math.ceil(Math.min(1000, probeLease / 2))
        return left > pause ? pause : left + this.nextOpenTime()
      }
      case "Recovering": {
        this.credit += this.share(this.now)
        if (this.credit >= 1) {
          this.credit -= 1
          return this.admit(false)
        }
        let ms = 1
        while (this.credit + this.share(this.now + ms) < 1) ms++
        return ms
      }
    }
  }

  private admit(probe: boolean): ModelCall {
    const call = { began: this.now, probe, leaseEnd: this.now + this.settings.probeLease, counts: true }
    this.calls.push(call)
    return call
  }

  share(at: number): number {
    const { from, over } = this.settings.ramp ?? { from: 1, over: 1 }
    return from + ((1 - from) * (at - this.since)) / over
  }

  leave(call: ModelCall, result: Result, hint: number): void {
    this.calls = this.calls.filter((other) => other !== call)
    if (!call.counts || result === "ignored") return
    const failed = result === "failure"
    const slow = this.now - call.began > (this.settings.window?.slowCall?.over ?? Infinity)
    if (call.probe) {
      if (failed || slow) return this.open(hint)
      this.succeeded++
      if (this.succeeded >= this.settings.successThreshold) this.close()
      return
    }
    this.streak = failed ? this.streak + 1 : 0
    this.outcomes.push({ at: this.now, failed, slow })
    if (this.tooMany(failed, slow)) this.open(hint)
  }

  /** The outcomes that the window holds. */
  held(): Model["outcomes"] {
    const { window } = this.settings
    if (window?.calls !== undefined) return this.outcomes.slice(-window.calls)
    const slice = (at: number): number => Math.floor(at / ((window?.duration ?? 0) / 10))
    return window === undefined ? [] : this.outcomes.filter(({ at }) => slice(this.now) - slice(at) < 10)
  }

  private tooMany(failed: boolean, slow: boolean): boolean {
    const { window } = this.settings
    const consecutive = this.settings.consecutive ?? (window === undefined ? 5 : Infinity)
    if (failed && this.streak >= consecutive) return true
    const held = this.held()
    if (window === undefined || held.length < window.minimumCalls) return false
    const share = (of: "failed" | "slow"): number => held.filter((outcome) => outcome[of]).length / held.length
    return (
      (failed && share("failed") >= window.failureRate) ||
      (slow && share("slow") >= (window.slowCall?.rate ?? Infinity))
    )
  }

  // Changes ----------------------------------------------------------------------------------------------------------

  private nextOpenTime(): number {
    const { base, cap, factor } = this.settings.open
    let time = base
    for (let n = 0; n < this.openings; n++) time = Math.min(time * factor, cap)
    return Math.min(time, this.settings.maxOpen)
  }

  private open(hint: number): void {
    if (this.phase !== "HalfOpen" && this.now - this.closedAt >= this.openTime) this.openings = 0
    this.openTime = Math.min(Math.max(this.nextOpenTime(), hint), this.settings.maxOpen)
    this.openings++
    this.forget()
    this.become("Open")
  }

  private close(): void {
    this.closedAt = this.now
    this.credit = 1
    this.cut()
    this.become(this.settings.ramp === undefined ? "Closed" : "Recovering")
  }

  private become(phase: Model["phase"]): void {
    if (phase === "HalfOpen") this.succeeded = 0
    if (phase !== this.phase) this.changed(this.phase, phase)
    this.phase = phase
    this.since = this.now
  }

  private changed(from: string, to: string): void {
    if (this.isolations === 0) this.changes.push(`${from} > ${to} at ${this.now}`)
  }

  private cut(): void {
    for (const call of this.calls) call.counts = false
  }

  private forget(): void {
    this.cut()
    this.streak = 0
    this.outcomes = []
  }

  isolate(): void {
    this.changed(this.phase, "Isolated")
    if (this.isolations === 0) this.cut()
    this.isolations++
  }

  release(): void {
    this.isolations--
    this.changed("Isolated", this.phase)
  }

  reset(): void {
    this.openings = 0
    this.openTime = 0
    this.closedAt = -Infinity
    this.forget()
    this.become("Closed")
  }

  reload(settings: Settings): void {
    // A window that grows does not restore what it has dropped.
    this.outcomes = this.held()
    this.settings = settings
    this.outcomes = this.held()
  }

  /** Everything that decides what happens next, with times relative to now. */
  key(): string {
    const { ramp, window } = this.settings
    const slowOver = window?.slowCall?.over ?? 0
    const width = (window?.duration ?? 0) / 10
    const age = (at: number): number => (width === 0 ? 0 : Math.floor(this.now / width) - Math.floor(at / width))
    return JSON.stringify([
      [this.settings.successThreshold, this.settings.window?.calls],
      this.phase,
      this.phase === "Open" ? this.since + this.openTime - this.now : 0,
      this.phase === "Recovering" && ramp !== undefined ? [this.since - this.now, this.credit.toFixed(6)] : 0,
      this.streak,
      this.held().map(({ at, failed, slow }) => [age(at), failed, slow]),
      width === 0 ? 0 : this.now % width,
      Math.min(this.openings, 3),
      this.openTime,
      Math.min(this.now - this.closedAt, this.openTime),
      this.succeeded,
      this.isolations,
      this.calls.map((call) =>
        call.counts
          ? [call.probe ? call.leaseEnd - this.now : -1, Math.min(this.now - call.began, slowOver + 1)]
          : "late",
      ),
    ])
  }
}
