/**
 * What limits and breakers have in common: a call takes a place, and gives it back with what came of it.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { InvalidPolicy } from "../InvalidPolicy.ts"
import type { Outcome } from "../Observer.ts"
import type { Classified } from "../Verdict.ts"
import type { Call, Step } from "./call.ts"

/**
 * A policy that lets calls in and out.
 *
 * **Details**
 *
 * `enter` and `exit` are plain functions because a call that gets in at once shall pay for nothing else. The engine runs
 * `enter` with the finalizer that calls `exit` already in place, so no interruption falls between the two.
 */
export interface Guard<in out Ticket, out E extends Classified> {
  /** What it is, which is also the key of its options among a pipeline's settings. */
  readonly kind: "throttle" | "adaptiveLimit" | "bulkhead" | "breaker"
  readonly name: string
  /** Takes a place at once; `undefined` where there is none now. */
  readonly enter: (call: Call, now: number) => Ticket | undefined
  /**
   * For a call that found no place: waits for one or fails. A place must be handed over by calling `hold` at the moment it
   * is taken, before the caller's fiber goes on: what the effect returns an interruption could lose.
   */
  readonly wait: (call: Call, now: number, hold: (ticket: Ticket) => void) => Effect.Effect<void, E>
  /** Gives the place back. `enteredAt` and `now` are in milliseconds; `error` is the typed failure, if it was one. */
  readonly exit: (
    call: Call,
    ticket: Ticket,
    enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ) => Effect.Effect<void> | undefined
  /** For `Pipeline.describe`: `breaker 5 in a row, open 30 s`. */
  readonly describe: () => string
  /** The longest time, in milliseconds, that a call can wait for its place; `Infinity` where nothing bounds it. */
  readonly longestWait: () => number
}

/** A part of a pipeline whose options can be changed while it works; both get the options as they were decoded. */
export interface Reloadable<in Options> {
  /** What is wrong with the options, if anything is. */
  readonly check: (options: Options) => InvalidPolicy | undefined
  /** Takes the options, which have been checked; windows, streaks, balances and queues stay. */
  readonly apply: (options: Options) => void
}

/** Surrounds what is inside with a guard. */
export const guarded =
  <Ticket>(guard: Guard<Ticket, Classified>, inner: Step): Step =>
  (call) => {
    let ticket: Ticket | undefined
    let enteredAt = 0
    return Effect.onExitPrimitive(
      Effect.suspend(() => {
        const now = (enteredAt = call.now())
        ticket = guard.enter(call, now)
        return ticket === undefined ? queued(now) : inner(call)
      }),
      (exit) => {
        if (ticket === undefined) return undefined
        const error = exit._tag === "Success" ? undefined : failureOf(exit.cause)
        return guard.exit(call, ticket, enteredAt, call.now(), outcomeOf(call, exit, error), error)
      },
    )

    function queued(since: number): Effect.Effect<unknown, unknown, unknown> {
      const phase = call.begin("queue")
      return Effect.matchCauseEffect(
        guard.wait(call, since, (given) => {
          ticket = given
        }),
        {
          onSuccess: () => {
            enteredAt = call.now()
            call.begin(phase)
            const told = call.publish({ _tag: "Queued", policy: guard.name, waitMs: enteredAt - since })
            return told === undefined ? inner(call) : Effect.andThen(told, inner(call))
          },
          onFailure: (cause) => {
            call.begin(phase)
            const error = failureOf(cause)
            const told = error && call.publish({ _tag: "Rejected", policy: guard.name, error })
            return told === undefined ? Effect.failCause(cause) : Effect.andThen(told, Effect.failCause(cause))
          },
        },
      )
    }
  }

/** The typed failure of a cause, if it has one. */
export const failureOf = (cause: Cause.Cause<unknown>): Classified | undefined => {
  for (const reason of cause.reasons) if (reason._tag === "Fail") return reason.error as Classified
  return undefined
}

/**
 * What an exit says about the service behind the call.
 *
 * **Details**
 *
 * An interruption says nothing, and so does an error with the verdict `never`: it is about this request. Neither is a
 * success. A refused token is not the service's fault, and an unreachable service is for the connectivity gate to answer,
 * where the pipeline has one. A defect is a failure.
 */
export const outcomeOf = (call: Call, exit: Exit.Exit<unknown, unknown>, error: Classified | undefined): Outcome => {
  if (exit._tag === "Success") return "success"
  if (error === undefined) {
    return exit.cause.reasons.some((reason) => reason._tag === "Interrupt") ? "ignored" : "failure"
  }
  const { closes, retry } = error.verdict
  if (retry === "never" || closes === "authorization") return "ignored"
  return closes === "connectivity" && call.connectivity ? "ignored" : "failure"
}
