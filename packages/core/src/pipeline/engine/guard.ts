/**
 * What limits and breakers have in common: a call takes a place, and gives it back with what came of it.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type { Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import type { Call, Step } from "./call.ts"
import { classifiedOf, failureOf, outcomeOf, overdueOf } from "./outcome.ts"
import type { Reloadable } from "./reload.ts"

/** The key of a guard's errors. A declaration file has no other member that mentions them. */
export declare const Refuses: unique symbol

/**
 * A policy that lets calls in and out.
 *
 * **Details**
 *
 * `enter` and `exit` are plain functions because a call that gets in at once shall pay for nothing else. The engine runs
 * `enter` with the finalizer that calls `exit` already in place, so no interruption falls between the two.
 */
export interface Guard<in out Ticket, out E extends Classified> {
  /** In types only: the errors with which it refuses calls. */
  readonly [Refuses]?: E
  /** What it is, which is also the key of its options among a pipeline's settings. */
  readonly kind: "throttle" | "adaptiveLimit" | "bulkhead" | "breaker"
  readonly name: string
  /**
   * The error of a call that is refused whatever happens, before any guard is entered and anything is put in place for it.
   * Saying no has to be cheaper than saying yes.
   *
   * @internal
   */
  readonly refusal?: (now: number) => E | undefined
  /**
   * Takes a place at once; `undefined` where there is none now.
   *
   * @internal
   */
  readonly enter: (call: Call, now: number) => Ticket | undefined
  /**
   * For a call that found no place: waits for one or fails. A place must be handed over by calling `hold` at the moment it
   * is taken, before the caller's fiber goes on: what the effect returns an interruption could lose.
   *
   * @internal
   */
  readonly wait: (call: Call, now: number, hold: (ticket: Ticket) => void) => Effect.Effect<void, E>
  /**
   * Releases the permit. `enteredAt` and `now` are in monotonic milliseconds; `error` is the typed failure, if there is one.
   *
   * @internal
   */
  readonly exit: (
    call: Call,
    ticket: Ticket,
    enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ) => Effect.Effect<void> | undefined
  /**
   * For `Pipeline.describe`: `breaker 5 in a row, open 30 s`.
   *
   * @internal
   */
  readonly describe: () => string
  /**
   * The longest time, in milliseconds, that a call can wait for its place; `Infinity` where nothing bounds it.
   *
   * @internal
   */
  readonly longestWait: () => number
  /**
   * Whether it can do without the time of a call that succeeds just now; then `now` is when the call entered. Reading the
   * clock is a tenth of what a call costs that gets in and succeeds. Such a guard may be entered at `NaN`. Default: it needs the time.
   *
   * @internal
   */
  readonly timeless?: () => boolean
  /**
   * Whether it has to be entered at a time all the same, whatever `timeless` says. Default: no.
   *
   * @internal
   */
  readonly dated?: boolean
}

/** Surrounds what is inside with a guard. */
export const guarded = <Ticket>(guard: Guard<Ticket, Classified>, inner: Step): Step => guardedBy([guard], inner)

/** A guard whose tickets are its own affair. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
export type AnyGuard = Guard<any, Classified>

/** A guard of a pipeline: a reload may change its options. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its options
export type ReloadableGuard = AnyGuard & Reloadable<any>

/** The errors with which a guard refuses calls. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
export type RefusalOf<Each> = Each extends { readonly [Refuses]?: infer E } ? Exclude<E, undefined> : never

/**
 * Surrounds what is inside with several guards, outermost first; they share one finalizer and the readings of the clock.
 *
 * **Details**
 *
 * `outside`: an outer stage needs the time at which an attempt was sent.
 */
export const guardedBy = (guards: ReadonlyArray<AnyGuard>, inner: Step, outside = true): Step => {
  const dated = outside || guards.some((guard) => guard.dated)
  const refusing = guards.filter(({ refusal }) => refusal !== undefined)
  return (call) => {
    const now = dated || call.observer !== undefined || !guards.every(timeless) ? call.now() : Number.NaN
    for (const guard of refusing) {
      const error = guard.refusal?.(now)
      if (error !== undefined) return refused(call, guard, Cause.fail(error))
    }
    const passage = new Passage(guards, inner, call, now)
    return Effect.onExitPrimitive(passage, (exit) => passage.leave(exit))
  }
}

/**
 * One attempt on its way through guards.
 *
 * **Details**
 *
 * Many are in flight at once: so it is the effect itself that enters, and not one more closure for each of them.
 */
class Passage extends Effectable.Class<unknown, unknown, unknown> {
  readonly guards: ReadonlyArray<AnyGuard>
  readonly inner: Step
  readonly call: Call
  /** The time at which it comes to the guards. */
  readonly now: number
  /** The tickets of the guards, outermost first, and how many of them let the call in. */
  readonly tickets: Array<unknown>
  held = 0

  constructor(guards: ReadonlyArray<AnyGuard>, inner: Step, call: Call, now: number) {
    super()
    this.guards = guards
    this.inner = inner
    this.call = call
    this.now = now
    // Of its final length at once: an array that grows takes room for 17.
    // oxlint-disable-next-line unicorn/no-new-array -- the length is what is meant
    this.tickets = new Array(guards.length)
  }

  asEffect(): Effect.Effect<unknown, unknown, unknown> {
    return this.enter(this.now)
  }

  private enter(now: number): Effect.Effect<unknown, unknown, unknown> {
    const { call, guards, tickets } = this
    while (this.held < guards.length) {
      const guard = guards[this.held] as AnyGuard
      const ticket: unknown = guard.enter(call, now)
      if (ticket === undefined) return this.queue(guard, now)
      tickets[this.held++] = ticket
    }
    // The clock has just been read, and nothing that takes time stands between here and the sending.
    call.sentAt = now
    return this.inner(call)
  }

  private queue(guard: AnyGuard, since: number): Effect.Effect<unknown, unknown, unknown> {
    const { call } = this
    const waiting = guard.wait(call, since, (ticket) => {
      this.tickets[this.held++] = ticket
    })
    if (Exit.isExit(waiting) && Exit.isFailure(waiting)) return refused(call, guard, waiting.cause)
    const phase = call.begin("queue")
    return Effect.matchCauseEffect(waiting, {
      onSuccess: () => {
        const now = call.now()
        call.begin(phase)
        const told = call.publish({ _tag: "Queued", policy: guard.name, waitMs: now - since })
        return told === undefined
          ? this.enter(now)
          : Effect.andThen(
              told,
              Effect.suspend(() => this.enter(call.now())),
            )
      },
      onFailure: (cause) => {
        call.begin(phase)
        return refused(call, guard, cause)
      },
    })
  }

  leave(exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> | undefined {
    const { call, guards, held } = this
    if (held === 0) return undefined
    const entered = held === guards.length
    const error = exit._tag === "Success" ? undefined : errorOf(call, exit.cause, entered)
    // What a guard further in refused was never sent, and says nothing about the service.
    const outcome = entered ? outcomeOf(call, exit, error) : "ignored"
    const now = outcome === "success" && guards.every(timeless) ? call.sentAt : call.now()
    const enteredAt = entered ? call.sentAt : now
    let after: Effect.Effect<void> | undefined
    for (let i = held - 1; i >= 0; i--) {
      const left = this.exit(i, enteredAt, now, outcome, error)
      if (left !== undefined) after = after === undefined ? left : Effect.andThen(after, left)
    }
    return after
  }

  /** Leaves one guard; a bug in what a user gave to it must not keep the others from giving their places back. */
  private exit(
    index: number,
    enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ): Effect.Effect<void> | undefined {
    try {
      return (this.guards[index] as AnyGuard).exit(this.call, this.tickets[index], enteredAt, now, outcome, error)
    } catch (defect) {
      return Effect.die(defect)
    }
  }
}

const refused = (
  call: Call,
  guard: AnyGuard,
  cause: Cause.Cause<unknown>,
): Effect.Effect<unknown, unknown, unknown> => {
  const error = call.observer && failureOf(cause)
  const told = error && call.publish({ _tag: "Rejected", policy: guard.name, error })
  return told === undefined ? Effect.failCause(cause) : Effect.andThen(told, Effect.failCause(cause))
}

const errorOf = (call: Call, cause: Cause.Cause<unknown>, entered: boolean): Classified | undefined =>
  classifiedOf(cause) ?? (entered ? overdueOf(call, cause) : undefined)

const timeless = (guard: AnyGuard): boolean => guard.timeless?.() ?? false
