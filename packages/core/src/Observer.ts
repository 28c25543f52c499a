/**
 * Who watches pipelines: everything that happens in a call, as events, and a wrapper for its attempts.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Decision } from "./Timeline.ts"
import type { Classified } from "./Verdict.ts"

/** How a call or an attempt ended; `ignored` is an interruption. */
export type Outcome = "success" | "failure" | "ignored"

/** What happens in a call. Times are in milliseconds. */
export type Event =
  | { readonly _tag: "AttemptStarted"; readonly number: number }
  | {
      readonly _tag: "AttemptEnded"
      readonly number: number
      readonly outcome: Outcome
      readonly durationMs: number
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
  /** A limit or a breaker refused the call without sending it. */
  | { readonly _tag: "Rejected"; readonly policy: string; readonly error: Classified }
  | { readonly _tag: "CircuitChanged"; readonly breaker: string; readonly from: string; readonly to: string }
  /** A copy of the call is sent because the first has not answered yet. */
  | { readonly _tag: "HedgeStarted"; readonly number: number }
  /** The copy answered first. */
  | { readonly _tag: "HedgeWon"; readonly number: number }
  | { readonly _tag: "FallbackUsed"; readonly error: Classified }
  | { readonly _tag: "CallEnded"; readonly outcome: Outcome; readonly durationMs: number; readonly attempts: number }

/** Which call an event belongs to. */
export interface About {
  /** The name of the pipeline; empty for one without. */
  readonly pipeline: string
}

/** An observer: a part that is absent costs nothing. */
export interface Watch {
  /** Is told of an event; the call waits for the effect, if there is one. */
  readonly event: (event: Event, about: About) => Effect.Effect<void> | undefined
  /** Surrounds the sending of an attempt, for spans. */
  readonly around?: <A, E, R>(
    attempt: About & { readonly number: number },
    send: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E, R>
}

/**
 * Sees every event of every pipeline below it: for progress, metrics, spans and summaries.
 *
 * **Gotchas**
 *
 * Runs inside the call, so it must be quick; it cannot change what happens.
 */
export const Observer = Context.Reference<Watch | undefined>("@holdfast/core/Observer", {
  defaultValue: () => undefined,
})
