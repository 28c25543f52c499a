/**
 * Defines the behavior that limits and breakers share: a call acquires a permit and later releases it, reporting its outcome.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Classified } from "../../errors/Verdict.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import type { Call, Passage, Step } from "./call.ts"
import { classifiedOf, failureOf, outcomeOf, overdueOf } from "./outcome.ts"
import type { GuardData } from "./guardData.ts"
import type { Reloadable } from "./reload.ts"

/**
 * Carries the type of the errors with which a guard rejects calls. All other members that mention this type are internal and
 * are removed from declaration files.
 */
export declare const Refuses: unique symbol

/**
 * A policy that admits or rejects attempts and is notified of their outcomes.
 *
 * **Details**
 *
 * `enter` and `exit` are plain functions, so that a call that is admitted immediately does not incur the cost of additional
 * effects. Before the engine runs `enter`, it installs the finalizer that calls `exit`, so an interruption after `enter`
 * always leads to `exit`.
 */
export interface Guard<in out Ticket, out E extends Classified> {
  /** The errors with which the guard rejects calls; this member exists only in the types. */
  readonly [Refuses]?: E
  /** The kind of guard, which is also its key in a pipeline's settings. */
  readonly kind: "throttle" | "adaptiveLimit" | "bulkhead" | "breaker"
  readonly name: string
  /**
   * Returns the error if the call is certain to be rejected; the engine checks this before the call enters any guard.
   * Rejecting a call must be cheaper than admitting one.
   *
   * @internal
   */
  readonly refusal?: (call: Call) => E | undefined
  /**
   * Acquires a permit immediately; returns `undefined` if none is free.
   *
   * @internal
   */
  readonly enter: (call: Call, now: number) => Ticket | undefined
  /**
   * Called if `enter` found no free permit: waits for a permit, or fails. `wait` must pass the permit to `hold` as soon as it
   * acquires the permit, before the caller's fiber resumes. If `wait` merely returned the permit, an interruption could lose
   * the permit.
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
   * The settings of the guard, from which `Pipeline.describe` builds its description.
   *
   * @internal
   */
  readonly data: () => GuardData
  /**
   * The longest time, in milliseconds, that a call can wait for its permit; `Infinity` if there is no bound.
   *
   * @internal
   */
  readonly longestWait: () => number
  /**
   * Whether the guard currently does not need the time at which a successful call ends; if so, `exit` may receive the time of
   * entry as `now`. Reading the clock accounts for a tenth of the cost of a successful call. The engine may pass `NaN` as the
   * time of entry to a guard that does not need the time. Default: the guard needs the time.
   *
   * @internal
   */
  readonly timeless?: () => boolean
  /**
   * Whether `enter` is certain to return a permit now, whatever the call and the time are. A guard without this function never
   * admits a call without a fiber.
   *
   * @internal
   */
  readonly isFree?: () => boolean
  /**
   * Whether all tickets of the guard are identical, so that a call does not keep them. Default: no.
   *
   * @internal
   */
  readonly ticketless?: boolean
  /**
   * Whether the guard needs the time of entry even while `timeless` returns true. Default: no.
   *
   * @internal
   */
  readonly dated?: boolean
}

/** Wraps the inner stages in a guard. */
export const guarded = <Ticket>(guard: Guard<Ticket, Classified>, inner: Step): Step => guardedBy([guard], inner)

/** A guard whose ticket type is hidden. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
export type AnyGuard = Guard<any, Classified>

/** A guard of a pipeline, whose options a reload may change. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its options
export type ReloadableGuard = AnyGuard & Reloadable<any>

/** The errors with which a guard rejects calls. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the guard itself knows its tickets
export type RefusalOf<Each> = Each extends { readonly [Refuses]?: infer E } ? Exclude<E, undefined> : never

/**
 * Wraps the inner stages in several guards, which are listed outermost first. The guards share one finalizer, and the clock
 * is read only once for all of them.
 *
 * **Details**
 *
 * `outside` means that an outer stage needs the time at which an attempt was sent.
 */
export const guardedBy = (guards: ReadonlyArray<AnyGuard>, inner: Step, outside = true): Step => {
  const passage = new Guards(guards, inner, outside)
  return (call) => {
    for (const guard of guards) {
      const error = guard.refusal?.(call)
      if (error !== undefined) return refused(call, guard, Cause.fail(error))
    }
    call.passage = passage
    return Effect.onExitPrimitive(call, (exit) => passage.leave(call, exit))
  }
}

/** The guards of a step. The state of an attempt that passes through them is part of its call. */
export class Guards implements Passage {
  readonly guards: ReadonlyArray<AnyGuard>
  readonly inner: Step
  /** Whether the time at which an attempt is sent is needed even if no guard needs it. */
  readonly dated: boolean

  constructor(guards: ReadonlyArray<AnyGuard>, inner: Step, outside: boolean) {
    this.guards = guards
    this.inner = inner
    this.dated = outside || guards.some((guard) => guard.dated)
  }

  pass(call: Call): Effect.Effect<unknown, unknown, unknown> {
    return this.enter(call, this.now(call))
  }

  private now(call: Call): number {
    return this.dated || call.observer !== undefined || !timeless(this.guards) ? call.now() : Number.NaN
  }

  private enter(call: Call, now: number): Effect.Effect<unknown, unknown, unknown> {
    const { guards } = this
    while (call.held < guards.length) {
      const guard = guards[call.held] as AnyGuard
      const ticket: unknown = guard.enter(call, now)
      if (ticket === undefined) return this.queue(call, guard, now)
      hold(call, guard, ticket)
    }
    // The clock has just been read, and nothing between here and the sending takes time.
    call.sentAt = now
    return this.inner(call)
  }

  /** Enters guards that are all free. */
  enterAtOnce(call: Call): void {
    const now = this.now(call)
    for (const guard of this.guards) hold(call, guard, guard.enter(call, now))
    call.sentAt = now
  }

  private queue(call: Call, guard: AnyGuard, since: number): Effect.Effect<unknown, unknown, unknown> {
    const waiting = guard.wait(call, since, (ticket) => hold(call, guard, ticket))
    if (Exit.isExit(waiting) && Exit.isFailure(waiting)) return refused(call, guard, waiting.cause)
    const phase = call.begin("queue")
    return Effect.matchCauseEffect(waiting, {
      onSuccess: () => {
        const now = call.now()
        call.begin(phase)
        const told = call.publish({ _tag: "Queued", policy: guard.name, waitMs: now - since })
        return told === undefined
          ? this.enter(call, now)
          : Effect.andThen(
              told,
              Effect.suspend(() => this.enter(call, call.now())),
            )
      },
      onFailure: (cause) => {
        call.begin(phase)
        return refused(call, guard, cause)
      },
    })
  }

  leave(call: Call, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> | undefined {
    const { guards } = this
    const { held } = call
    if (held === 0) return undefined
    const entered = held === guards.length
    const error = exit._tag === "Success" ? undefined : errorOf(call, exit.cause, entered)
    // An attempt that an inner guard rejected was never sent, so it says nothing about the service.
    const outcome = entered ? outcomeOf(call, exit, error) : "ignored"
    const now = outcome === "success" && timeless(guards) ? call.sentAt : call.now()
    const enteredAt = entered ? call.sentAt : now
    let after: Effect.Effect<void> | undefined
    while (call.held > 0) {
      const left = exitOne(call, guards[--call.held] as AnyGuard, enteredAt, now, outcome, error)
      if (left !== undefined) after = after === undefined ? left : Effect.andThen(after, left)
    }
    return after
  }
}

/** Keeps the ticket of a guard that has admitted a call. */
const hold = (call: Call, guard: AnyGuard, ticket: unknown): void => {
  call.held++
  if (guard.ticketless) return
  if (call.ticket !== undefined) (call.outerTickets ??= []).push(call.ticket)
  call.ticket = ticket
}

/** Leaves the innermost guard. A bug in a user's function must not prevent the other guards from releasing their permits. */
const exitOne = (
  call: Call,
  guard: AnyGuard,
  enteredAt: number,
  now: number,
  outcome: Outcome,
  error: Classified | undefined,
): Effect.Effect<void> | undefined => {
  const { ticket } = call
  if (!guard.ticketless) call.ticket = call.outerTickets?.pop()
  try {
    return guard.exit(call, ticket, enteredAt, now, outcome, error)
  } catch (defect) {
    return Effect.die(defect)
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

/** Whether no guard needs the time of a successful call now. */
export const timeless = (guards: ReadonlyArray<AnyGuard>): boolean => {
  for (const guard of guards) if (guard.timeless === undefined || !guard.timeless()) return false
  return true
}
