/**
 * A breaker combines a state machine with the interfaces for calls, observers and operators.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Classified } from "../../errors/Verdict.ts"
import type { Call, Step } from "../../pipeline/engine/call.ts"
import { guardedBy, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { GuardData } from "../../pipeline/engine/guardData.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Event, Outcome } from "../../telemetry/Observer.ts"
import { millisOf } from "../../time/Monotonic.ts"
import { CircuitOpen } from "./circuitOpen.ts"
import { Machine } from "./machine.ts"
import { checked, type Checked, type Options } from "./options.ts"
import { bystander, type PhaseChange, type IsolationRequest } from "./phase.ts"

/** A change in the state of a circuit. `at` is a date for display, in epoch milliseconds. */
export interface Transition extends PhaseChange {
  /** The name of the breaker. */
  readonly breaker: string
}

/** Notifies an observer. The caller must run the returned effect. */
type Publish = (event: Event) => Effect.Effect<void> | undefined

/** A breaker that controls one circuit. */
export class Breaker implements Guard<number, CircuitOpen>, Reloadable<Options> {
  declare readonly [Refuses]?: CircuitOpen
  readonly kind = "breaker"
  readonly name: string
  /** @internal */
  readonly machine: Machine
  /**
   * The step that runs a call outside a pipeline, where the time at which the call is sent is not recorded. It is built on first
   * use: most breakers of a keyed breaker are in no pipeline, and most breakers outside of it are in one.
   *
   * @internal
   */
  get step(): Step {
    return (this.ownStep ??= guardedBy([this], sending, false))
  }
  private ownStep: Step | undefined = undefined
  /**
   * Listeners that are notified of every transition.
   *
   * @internal
   */
  get listeners(): Set<(transition: Transition) => void> {
    return (this.ownListeners ??= new Set())
  }
  private ownListeners: Set<(transition: Transition) => void> | undefined = undefined
  private classify: Options["classify"]
  /** The effects that observers returned and that have not run yet; the method that admits a call cannot run effects. */
  private told: Effect.Effect<void> | undefined = undefined

  /** @internal */
  constructor(name: string, settings: Checked, classify: Options["classify"]) {
    this.name = name
    this.machine = new Machine(settings)
    this.classify = classify
  }

  /** @internal */
  timeless(): boolean {
    const { machine } = this
    return machine.window === undefined && machine.closed()
  }

  /** @internal */
  isFree(): boolean {
    return this.machine.closed()
  }

  /** @internal */
  refusal(call: Call): CircuitOpen | undefined {
    const { machine } = this
    if (machine.closed() || machine.settings.dryRun) return undefined
    const now = call.now()
    if (!machine.refuses(now)) return undefined
    machine.counters.rejected++
    return this.rejection(now)
  }

  /** @internal */
  enter(call: Call, given: number): number | undefined {
    const { machine } = this
    // A closed circuit is entered without a time, and may have opened while the fiber was suspended.
    const now = Number.isNaN(given) && !machine.closed() ? call.now() : given
    const ticket = machine.enter(now)
    if (machine.changes.length > 0) this.tell(call.ambient.clock, (event) => call.publish(event))
    if (ticket !== undefined || !machine.settings.dryRun) return ticket
    if (call.observer !== undefined) {
      this.keep(call.publish({ _tag: "Rejected", policy: this.name, error: this.rejection(now), dryRun: true }))
    }
    return bystander
  }

  /** @internal */
  wait(call: Call, now: number): Effect.Effect<never, CircuitOpen> {
    const rejected = Effect.fail(this.rejection(Number.isNaN(now) ? call.now() : now))
    const told = this.take()
    return told === undefined ? rejected : Effect.andThen(told, rejected)
  }

  /** @internal */
  exit(
    call: Call,
    ticket: number,
    enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ): Effect.Effect<void> | undefined {
    const { machine } = this
    if (ticket !== bystander) {
      if (error === undefined) machine.leave(ticket, outcome, now - enteredAt, now, 0)
      else this.failed(ticket, outcome, now - enteredAt, now, error)
    }
    if (machine.changes.length > 0) this.tell(call.ambient.clock, (event) => call.publish(event))
    return this.told === undefined ? undefined : this.take()
  }

  private failed(ticket: number, outcome: Outcome, ms: number, now: number, error: Classified): void {
    const { retryAfter } = error.verdict
    const hint = retryAfter === undefined ? 0 : Duration.toMillis(retryAfter)
    // If `classify` throws, the outcome is unknown, but the probe's lease still has to be released.
    let said: Outcome = "ignored"
    try {
      said = this.classify === undefined ? outcome : this.classify(error)
    } finally {
      this.machine.leave(ticket, said, ms, now, hint)
    }
  }

  /** @internal */
  data(): GuardData {
    return { kind: "breaker", data: this.machine.settings }
  }

  /** @internal */
  longestWait(): number {
    return 0
  }

  /** Creates the error for a call that has just been rejected. */
  private rejection(now: number): CircuitOpen {
    return new CircuitOpen(this.name, this.why(), this.machine.retryAfter(now))
  }

  private why(): string {
    const { isolations, phase, reason } = this.machine
    if (isolations.length > 0) return `isolated: ${isolationOf(this.machine)?.reason}`
    if (phase === "Open") return reason
    return phase === "HalfOpen" ? "a probe is in flight" : "few calls are admitted while the circuit recovers"
  }

  /**
   * Reports pending transitions to listeners and observers, and stores the effects that the observers return.
   *
   * @internal
   */
  tell(clock: Clock.Clock, publish: Publish): void {
    const { changes } = this.machine
    this.machine.changes = []
    for (const change of changes) {
      const at = dated(clock, change.at)
      this.ownListeners?.forEach((listener) => listener({ breaker: this.name, ...change, at }))
      this.keep(publish({ _tag: "CircuitChanged", breaker: this.name, from: change.from, to: change.to }))
    }
  }

  private keep(told: Effect.Effect<void> | undefined): void {
    if (told !== undefined) this.told = this.told === undefined ? told : Effect.andThen(this.told, told)
  }

  /**
   * Returns the pending effects from observers and clears them. The caller must run the returned effects.
   *
   * @internal
   */
  take(): Effect.Effect<void> | undefined {
    const { told } = this
    this.told = undefined
    return told
  }

  /** @internal */
  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checked(options))
  }

  /** @internal */
  apply(options: Options): void {
    this.machine.reload(checked(options))
    this.classify = options.classify ?? this.classify
  }
}

/** Converts a monotonic time to a date, based on the current time of the wall clock. */
export const dated = (clock: Clock.Clock, at: number): number =>
  clock.currentTimeMillisUnsafe() - (millisOf(clock) - at)

/** Returns the oldest isolation in force, or `undefined` if the circuit is not isolated. */
export const isolationOf = ({ isolations }: Machine): IsolationRequest | undefined => isolations[0]
