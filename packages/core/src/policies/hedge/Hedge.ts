/**
 * Sends another request for a call that takes longer than most calls. The first success wins.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type { CallOptions } from "../../pipeline/engine/call.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import { Hedge } from "./machine.ts"
import type { Options, Settings } from "./options.ts"
import { hedged } from "./stage.ts"

export type { Options, Percentile, Settings } from "./options.ts"

export { Hedge } from "./machine.ts"

/**
 * Makes a hedge.
 *
 * **When to use**
 *
 * Use a hedge if a few calls take much longer than the rest for random reasons (a slow machine, a lost packet) and the
 * service can handle some additional load. At the 95th percentile, the hedge sends a copy for one call in twenty, and a slow
 * call finishes about as soon as the faster of two requests.
 *
 * **Details**
 *
 * If a call has no response after the delay, the hedge sends a copy while the first request continues. The first *success* is
 * the result. The other requests are interrupted and release their permits in limits and breakers without reporting an
 * outcome. A failed request does not end the other requests. With `afterFailure`, a failed request also triggers the next
 * copy immediately. If all requests fail, the call fails with the most informative error. A response takes precedence over a
 * rejection by a limit. An error that closes a gate or asks for fewer requests takes precedence over other errors. Among
 * equally informative errors, the last one is returned. A defect or an error with the outcome `ignored` ends all requests
 * immediately, because copies of the request would fail in the same way.
 *
 * A percentile delay adapts to the durations of recent calls (by default, those of the last minute) and uses constant memory.
 * If a copy wins, the recorded duration is the time for which the original call ran, so that winning copies do not shorten
 * the delay.
 *
 * Only calls with the `repeatable: true` option are hedged. Other calls pass through unchanged. A copy is sent only if the
 * delay ends before the deadline. Each copy is charged to the budget when the copy starts. The charge for a copy is refunded
 * if one of the requests ends without being sent, either because a limit rejected that request or because it was still queued
 * when another request succeeded.
 *
 * **Gotchas**
 *
 * In a pipeline, the hedge is outside the limits and the breaker, so each copy needs its own permit.
 *
 * The call returns its result without waiting for the losing copies to end. A copy that cannot be interrupted continues, and
 * its result is ignored. Only an interruption of the whole call waits for all copies to end.
 *
 * **Example**
 *
 * ```ts
 * const budget = yield* RetryBudget.ratio()
 * const hedge = yield* Hedge.make({ delay: { percentile: 0.95, max: "2 seconds" }, budget })
 * yield* readManifest.pipe(Hedge.protect(hedge))
 * ```
 */
export const make = (options: Options): Effect.Effect<Hedge, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. */
export const makeUnsafe = (options: Options): Hedge => new Hedge(options)

/**
 * Hedges an effect outside a pipeline.
 *
 * **Gotchas**
 *
 * The effect is treated as repeatable unless the options specify otherwise: running the effect twice must be equivalent to
 * running it once.
 */
export const protect: {
  (hedge: Hedge, options?: CallOptions): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R> =>
    through<A, E, R>(hedged(hedge, sending, true), effect, { repeatable: true, ...options }),
)

/** The current delay before a copy is sent, in milliseconds. */
export const delay = (hedge: Hedge): Effect.Effect<number> => Effect.sync(() => hedge.delay())

/**
 * Changes the options of a running hedge.
 *
 * **Details**
 *
 * Recorded durations are kept unless the percentile or its window changes. Calls in flight continue to use the delay with
 * which they started. The new options replace all previous options. An omitted option is reset to its default. The name and
 * the budget do not change.
 */
export const reload = (hedge: Hedge, settings: Settings): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => hedge.apply(settings))
