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
 * What a call or an attempt shows about the health of the service.
 *
 * **Details**
 *
 * For an error it is the outcome of its verdict: `failure`, `overload` (the service asks for fewer requests) or `ignored`. A
 * breaker counts `failure` and `overload` as failures. A limit and a throttle count `overload` as a drop. `ignored` says
 * nothing about the service: an error that concerns this request only, a rejected token, an interruption by the caller, or an
 * unreachable service if a connectivity gate handles it. An attempt that was in flight when the deadline passed counts as a
 * failure. If the deadline passed at a gate, in a queue or in a wait, the outcome is `ignored`.
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
      /** Absent for a success, an interruption by the caller and a defect. */
      readonly error?: Classified | undefined
    }
  /** The call waits and is then sent again. `by` says what set the wait: `backoff` or `server`. */
  | {
      readonly _tag: "RetryScheduled"
      readonly error: Classified
      readonly waitMs: number
      readonly by: Decision
    }
  /** The call is not sent again. */
  | { readonly _tag: "RetryRefused"; readonly error: Classified; readonly by: Decision }
  /** The call has waited at closed gates. */
  | { readonly _tag: "GateWaited"; readonly waitMs: number }
  /** The call has queued for a permit; `policy` is the name of the limit. */
  | { readonly _tag: "Queued"; readonly policy: string; readonly waitMs: number }
  /**
   * A limit or a breaker rejected the call without sending it. With `dryRun` it would have rejected the call, which is sent.
   */
  | { readonly _tag: "Rejected"; readonly policy: string; readonly error: Classified; readonly dryRun?: true }
  | { readonly _tag: "CircuitChanged"; readonly breaker: string; readonly from: string; readonly to: string }
  /** A copy of the call is sent because the first request has no response yet. */
  | { readonly _tag: "HedgeStarted"; readonly number: number }
  /** The copy succeeded first. */
  | { readonly _tag: "HedgeWon"; readonly number: number }
  /** A fallback replaced the error. */
  | { readonly _tag: "FallbackUsed"; readonly error: Classified }
  | {
      readonly _tag: "CallEnded"
      readonly outcome: Outcome
      readonly durationMs: number
      /** How many times the call was sent; 0 if it was rejected before it was sent. */
      readonly attempts: number
      /** Absent for a success, an interruption by the caller and a defect. */
      readonly error?: Classified | undefined
    }

/** The call that an event belongs to. */
export interface About {
  /** The name of the pipeline; empty if it has none, and for a policy outside a pipeline. */
  readonly pipeline: string
  /** The number of the attempt in flight, or of the last one; 0 before the first. */
  readonly number: number
  /** The fiber that runs the call; its context has the span, the clock and the metrics. */
  readonly fiber: Fiber.Fiber<unknown, unknown>
}

/** An observer. Methods that are absent cost nothing. */
export interface Watch {
  /** Receives an event. If it returns an effect, the call waits for it. */
  readonly event: (event: Event, about: About) => Effect.Effect<void> | undefined
  /** Wraps the sending of an attempt, for spans. */
  readonly around?: <A, E, R>(
    attempt: Pick<About, "pipeline" | "number">,
    send: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E, R>
  /** Wraps a whole call of a pipeline, for spans. `CallEnded` is reported inside. */
  readonly call?: <A, E, R>(about: About, run: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Receives every event of all pipelines in its scope: for progress, metrics, spans and summaries.
 *
 * **Gotchas**
 *
 * The observer runs inside the call, so keep it fast. If it fails, the call fails with a defect and releases its permits.
 * Providing the reference replaces an existing observer; {@link observe} and {@link layer} add one.
 */
export const Observer = Context.Reference<Watch | undefined>("@holdfast/core/Observer", {
  defaultValue: () => undefined,
})

/** Combines two observers. Both receive everything, the first before the second, and the wrapper of the first is outermost. */
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

/** Adds an observer to those of an effect. */
export const observe: {
  (watch: Watch): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
} = (watch) => Effect.updateService(Observer, added(watch))

/** Adds an observer to those in force where the layer is built. */
export const layer = (watch: Watch): Layer.Layer<never> => Layer.effect(Observer, Effect.map(Observer, added(watch)))
