/**
 * Who watches pipelines: everything that happens in a call, as events, and a wrapper for a call and for its attempts.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { Classified } from "../errors/Verdict.ts"
import type { Decision } from "./Timeline.ts"

/**
 * What a call or an attempt says about the service behind it.
 *
 * **Details**
 *
 * For an error it is the outcome of its verdict: `failure`, `overload` (the service asks for fewer requests) or `ignored`.
 * A breaker counts `failure` and `overload` as failures; a limit and a throttle count `overload` as a drop. `ignored` says
 * nothing: an error that is about this request alone, a refused token, an interruption by the caller, an unreachable service
 * where a connectivity gate answers for it. An attempt that was in flight when the deadline passed is a failure; time spent
 * at a gate, in a queue or in a wait is not.
 */
export type Outcome = "success" | "failure" | "overload" | "ignored"

/** What happens in a call. Times are in milliseconds. */
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
  /** The call waits and is then sent again; `by` is `backoff` or `server`. */
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
  /** The call has waited for a place; `policy` is the name of the limit. */
  | { readonly _tag: "Queued"; readonly policy: string; readonly waitMs: number }
  /** A limit or a breaker refused the call without sending it; with `dryRun` it would have, and the call is sent. */
  | { readonly _tag: "Rejected"; readonly policy: string; readonly error: Classified; readonly dryRun?: true }
  | { readonly _tag: "CircuitChanged"; readonly breaker: string; readonly from: string; readonly to: string }
  /** A copy of the call is sent because the first has not answered yet. */
  | { readonly _tag: "HedgeStarted"; readonly number: number }
  /** The copy answered first. */
  | { readonly _tag: "HedgeWon"; readonly number: number }
  /** Another answer is given in place of the error. */
  | { readonly _tag: "FallbackUsed"; readonly error: Classified }
  | {
      readonly _tag: "CallEnded"
      readonly outcome: Outcome
      readonly durationMs: number
      /** How often the call was sent; 0 for one that was refused before. */
      readonly attempts: number
      /** Absent for a success, an interruption by the caller and a defect. */
      readonly error?: Classified | undefined
    }

/** Which call an event belongs to. */
export interface About {
  /** The name of the pipeline; empty for one without, and for a policy that stands alone. */
  readonly pipeline: string
  /** The number of the attempt in flight, or of the last one; 0 before the first. */
  readonly number: number
  /** The fiber that runs the call: its context has the span, the clock and the metrics. */
  readonly fiber: Fiber.Fiber<unknown, unknown>
}

/** An observer: a part that is absent costs nothing. */
export interface Watch {
  /** Receives an event; the call waits for the effect that it returns, if any. */
  readonly event: (event: Event, about: About) => Effect.Effect<void> | undefined
  /** Surrounds the sending of an attempt, for spans. */
  readonly around?: <A, E, R>(
    attempt: Pick<About, "pipeline" | "number">,
    send: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E, R>
  /** Surrounds a whole call of a pipeline, for spans; `CallEnded` is reported inside. */
  readonly call?: <A, E, R>(about: About, run: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Sees every event of every pipeline below it: for progress, metrics, spans and summaries.
 *
 * **Gotchas**
 *
 * Runs inside the call, so it must be quick. What fails in it is a defect of the call, which gives back all it holds.
 * Providing the reference replaces an observer
 * that is there already; {@link observe} and {@link layer} add one.
 */
export const Observer = Context.Reference<Watch | undefined>("@holdfast/core/Observer", {
  defaultValue: () => undefined,
})

/** Two observers as one: both see everything, the first before the second, and the first surrounds the second. */
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
