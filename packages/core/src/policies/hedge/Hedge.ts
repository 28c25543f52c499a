/**
 * Sends a second request for a call that takes longer than most; the first response wins.
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
 * Use it if a few calls take much longer than the rest for random reasons (a slow machine, a lost packet) and the service can
 * take some extra load. At the 95th percentile a copy is sent for one call in twenty, and slow calls finish about as fast as
 * the quicker of two.
 *
 * **Details**
 *
 * A call without a response after the delay is sent once more, while the first request continues. The first *success* is the
 * result, and the other requests are interrupted: they release their permits in limits and breakers without an outcome. A
 * failed request does not end the others; with `afterFailure` it also sends the next copy immediately. If all of them fail, the
 * call fails with the most informative error. A response beats a rejection by a limit, and an error that closes a gate or asks
 * for fewer requests beats other errors; otherwise the last error is returned. An error with the outcome `ignored`, or a
 * defect, ends all requests immediately, because it concerns the request itself.
 *
 * A percentile delay follows the durations of calls in the last minute, in constant memory. A call that lost to its copy counts
 * with the time it had run, so that winning copies do not shorten the delay.
 *
 * Only a call whose options say `repeatable: true` is hedged; other calls pass unchanged. If no more time than the delay
 * remains before the deadline, no copy is sent. A copy is charged to the budget when it starts. The charge is refunded if one
 * of the requests was never sent, because it was still queued or was rejected when the other one answered.
 *
 * **Gotchas**
 *
 * In a pipeline the hedge is outside the limits and the breaker, so each copy needs its own permit.
 *
 * The result does not wait for the losing copies to end. A copy that cannot be interrupted continues, and its result is
 * ignored. Only an interruption of the whole call waits for all copies.
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

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options): Hedge => new Hedge(options)

/**
 * Hedges an effect outside a pipeline.
 *
 * **Gotchas**
 *
 * The effect is treated as repeatable unless the options say otherwise: running it twice must have the same effect as running
 * it once.
 */
export const protect: {
  (hedge: Hedge, options?: CallOptions): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R> =>
    through<A, E, R>(hedged(hedge, sending, true), effect, { repeatable: true, ...options }),
)

/** The current delay before a copy, in milliseconds. */
export const delay = (hedge: Hedge): Effect.Effect<number> => Effect.sync(() => hedge.delay())

/**
 * Changes the options of a running hedge.
 *
 * **Details**
 *
 * Recorded durations are kept unless the percentile or its window changes. Calls in flight keep their delay. The options
 * replace all earlier ones: an absent option gets its default. The name and the budget are kept.
 */
export const reload = (hedge: Hedge, settings: Settings): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => hedge.apply(settings))
