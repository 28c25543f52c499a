/**
 * A second request for a call that takes longer than most: whatever answers first is the answer.
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
 * Where a few calls take much longer than the rest, for reasons of their own (a slow machine, a lost packet), and the
 * service bears some more load. At the 95th percentile a copy is sent for one call in twenty, and what was the 95th
 * percentile of the time becomes about that of two calls at once.
 *
 * **Details**
 *
 * A call without a response after the delay is sent once more, while the first request continues. The first *success* is the
 * result, and the other requests are interrupted: they release their permits in limits and breakers without an outcome. A failed
 * request does not end the others; with `afterFailure` it also sends the next copy immediately. When all have failed, the call
 * fails with the most informative error: a response before a rejection by a limit, and an error that closes a gate or asks for
 * fewer requests before others; else the last one. An error with the outcome `ignored`, or a defect, ends all requests
 * immediately, because it is about the request.
 *
 * With a percentile the delay follows how long calls took in the last minute, in constant memory. Calls that lost to
 * their copy count with the time they had, so that winning copies do not shorten the delay.
 *
 * Only a call whose options say `repeatable: true` is hedged; for any other one this stage is not there. A deadline that
 * leaves no more than the delay makes no copy. A copy is charged to the budget when it starts; a request that was never
 * sent because it waited in a queue, or was refused, when the other one answered, is given back.
 *
 * **Gotchas**
 *
 * In a pipeline the hedge stands outside of limits and breaker: a copy needs a place of its own.
 *
 * The result does not wait for the losing copies to end. A copy that cannot be interrupted runs on, and its result is ignored.
 * Only interrupting the whole call waits for all copies.
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
 * Hedges an effect that stands alone, outside of a pipeline.
 *
 * **Gotchas**
 *
 * Who uses this says that running the effect twice does what running it once does, unless the options say otherwise.
 */
export const protect: {
  (hedge: Hedge, options?: CallOptions): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R>(effect: Effect.Effect<A, E, R>, hedge: Hedge, options?: CallOptions): Effect.Effect<A, E, R> =>
    through<A, E, R>(hedged(hedge, sending, true), effect, { repeatable: true, ...options }),
)

/** The time, in milliseconds, after which a call that begins now gets a copy. */
export const delay = (hedge: Hedge): Effect.Effect<number> => Effect.sync(() => hedge.delay())

/**
 * Changes the options of a running hedge.
 *
 * **Details**
 *
 * Durations that were seen still count, unless the percentile or its window changed. Calls in flight keep their delay.
 * The options are all of them: one that is absent gets its default. The name and the budget stay.
 */
export const reload = (hedge: Hedge, settings: Settings): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => hedge.apply(settings))
