/**
 * Observes pipelines. An observer receives all events of a call and can wrap the call and its attempts.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { Classified } from "../errors/Verdict.ts"
import type { Decision } from "./Timeline.ts"

/**
 * What the result of a call or an attempt indicates about the health of the service.
 *
 * **Details**
 *
 * For an error, the outcome is derived from the error's verdict: `failure`, `overload` (the service asks for fewer calls) or
 * `ignored`. A breaker counts `failure` and `overload` as failures. A limit and a throttle count `overload` as a drop.
 * `ignored` says nothing about the health of the service: the cause is an error that concerns only this request, a rejected
 * token, an interruption by the caller, or an unreachable service that a connectivity gate handles. An attempt that was in
 * flight when the deadline passed counts as a failure. If the deadline expires while the call waits at a gate, in a queue or
 * before a retry, the outcome is `ignored`.
 */
export type Outcome = "success" | "failure" | "overload" | "ignored"

/** An event of a call. Times are in milliseconds. */
export type Event =
  | { readonly _tag: "AttemptStarted"; readonly number: number }
  | {
      readonly _tag: "AttemptEnded"
      readonly number: number
      readonly outcome: Outcome
      readonly durationMs: number
      /** The error; absent if the attempt succeeded, was interrupted by the caller, or ended with a defect. */
      readonly error?: Classified | undefined
    }
  /**
   * The call is sent again after a wait. `by` identifies what determined the wait: `backoff` (the delay of the policy) or
   * `server` (the hint from the server).
   */
  | {
      readonly _tag: "RetryScheduled"
      readonly error: Classified
      readonly waitMs: number
      readonly by: Decision
    }
  /** The call is not sent again. */
  | { readonly _tag: "RetryRefused"; readonly error: Classified; readonly by: Decision }
  /** The call waited at one or more closed gates. */
  | { readonly _tag: "GateWaited"; readonly waitMs: number }
  /** The call waited in a queue for a permit; `policy` is the name of the limit. */
  | { readonly _tag: "Queued"; readonly policy: string; readonly waitMs: number }
  /**
   * A limit or a breaker rejected the call without sending it. With `dryRun`, the call is sent even though the limit or the
   * breaker would have rejected it.
   */
  | { readonly _tag: "Rejected"; readonly policy: string; readonly error: Classified; readonly dryRun?: true }
  | { readonly _tag: "CircuitChanged"; readonly breaker: string; readonly from: string; readonly to: string }
  /** A copy of the call is sent because an earlier request failed or has not received a response yet. */
  | { readonly _tag: "HedgeStarted"; readonly number: number }
  /** The copy of the call succeeded before the original request did. */
  | { readonly _tag: "HedgeWon"; readonly number: number }
  /** A fallback replaced the error. */
  | { readonly _tag: "FallbackUsed"; readonly error: Classified }
  | {
      readonly _tag: "CallEnded"
      readonly outcome: Outcome
      readonly durationMs: number
      /** The number of times that the call was sent; 0 if it was rejected before being sent. */
      readonly attempts: number
      /** Absent if the call succeeded, was interrupted by the caller, or ended with a defect. */
      readonly error?: Classified | undefined
    }

/** The call that an event belongs to. */
export interface About {
  /** The name of the pipeline; empty if the pipeline has no name or the policy is used outside a pipeline. */
  readonly pipeline: string
  /** The number of the current attempt, or of the last attempt if none is in flight; 0 before the first attempt. */
  readonly number: number
  /** The fiber that runs the call; the context of the fiber contains the span, the clock and the metrics. */
  readonly fiber: Fiber.Fiber<unknown, unknown>
}

/** An observer. Methods that are not implemented add no overhead. */
export interface Watch {
  /** Receives an event. If the method returns an effect, the call waits for that effect to complete. */
  readonly event: (event: Event, about: About) => Effect.Effect<void> | undefined
  /** Wraps the sending of an attempt, so that a span can cover the attempt. */
  readonly around?: <A, E, R>(
    attempt: Pick<About, "pipeline" | "number">,
    send: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E, R>
  /** Wraps an entire call of a pipeline, so that a span can cover the call. `CallEnded` is reported inside the wrapper. */
  readonly call?: <A, E, R>(about: About, run: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Receives every event from all pipelines in its scope, for use in progress displays, metrics, spans and summaries.
 *
 * **Gotchas**
 *
 * The observer runs inside the call, so keep it fast. If the observer fails, the call fails with a defect and releases its
 * permits. Providing the reference replaces an existing observer; {@link observe} and {@link layer} add one.
 */
export const Observer = Context.Reference<Watch | undefined>("@holdfast/core/Observer", {
  defaultValue: () => undefined,
})

/**
 * Combines two observers. Both observers receive every event, the first observer before the second. The wrapper of the first
 * observer is the outer one.
 */
export const both = (first: Watch, second: Watch): Watch => ({
  event: (event, about) => {
    const told = first.event(event, about)
    const toldToo = second.event(event, about)
    return told === undefined || toldToo === undefined ? (told ?? toldToo) : Effect.andThen(told, toldToo)
  },
  ...joined("around", first.around, second.around),
  ...joined("call", first.call, second.call),
})

type Around<About> = <A, E, R>(about: About, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

const joined = <Part extends string, About>(
  part: Part,
  outer: Around<About> | undefined,
  inner: Around<About> | undefined,
): { readonly [P in Part]?: Around<About> } => {
  const around: Around<About> | undefined =
    outer === undefined || inner === undefined
      ? (outer ?? inner)
      : (about, effect) => outer(about, inner(about, effect))
  return around === undefined ? {} : ({ [part]: around } as { readonly [P in Part]: Around<About> })
}

const added =
  (watch: Watch) =>
  (already: Watch | undefined): Watch =>
    already === undefined ? watch : both(already, watch)

/** Adds an observer to an effect, in addition to any observer that the effect already has. */
export const observe: {
  (watch: Watch): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
} = (watch) => Effect.updateService(Observer, added(watch))

/** Adds an observer to the observers that are already active where the layer is built. */
export const layer = (watch: Watch): Layer.Layer<never> => Layer.effect(Observer, Effect.map(Observer, added(watch)))
