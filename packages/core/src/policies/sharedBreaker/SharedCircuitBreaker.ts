/**
 * A circuit breaker whose state is in a store of Effect's: one circuit for many processes.
 *
 * **When to use**
 *
 * Where many processes call one service and each alone sees too few calls to judge it. For one process `CircuitBreaker` is
 * two orders of magnitude cheaper, and has windows of time, slow calls, several probes and ramps, which the store has not.
 *
 * **Details**
 *
 * The store is `CircuitBreakerStore` of `effect/persistence/CircuitBreaker`: `layerStoreRedis` shares the circuit through
 * Redis, with the clock of Redis, and `layerStoreMemory` keeps it in the process. Each call that is admitted costs two
 * round trips: one before it, and one after.
 *
 * A store that fails or does not answer in `storeTimeout` must not take down what it protects: the call is then sent
 * unrecorded (`onStoreError: "allow"`), or rejected with {@link CircuitStoreFailed} (`"reject"`).
 *
 * **Gotchas**
 *
 * Effect marks that module as experimental: its interface may change in a minor release of Effect. Therefore this module
 * describes the store that it needs and imports none: {@link make} takes the store.
 *
 * Processes that share a key have to have the same thresholds; nothing checks it. A probe that hangs holds the place in
 * the memory store forever, and in Redis too, where its lease is renewed while it runs: put a timeout inside.
 */
import type * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type { Classified } from "../../errors/Verdict.ts"
import { through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { CircuitOpen } from "../breaker/circuitOpen.ts"
import type { Options } from "./options.ts"
import { Shared, type Shared as SharedCircuitBreaker } from "./shared.ts"
import type { CircuitStore } from "./store.ts"
import type { CircuitStoreFailed } from "./storeFailed.ts"

export { CircuitOpen } from "../breaker/circuitOpen.ts"
export type { Options } from "./options.ts"
export type { Admitted } from "./shared.ts"
export type { SharedCircuitBreaker }
export type {
  CircuitAdmission,
  CircuitRecord,
  CircuitState,
  CircuitStore,
  CircuitStoreRefusal,
  CircuitTransition,
  CircuitTripPolicy,
} from "./store.ts"
export { CircuitStoreFailed } from "./storeFailed.ts"

/** Makes a breaker over a store: `make(yield* CircuitBreakerStore, options)`. */
export const make = (
  store: CircuitStore,
  options: Options = {},
): Effect.Effect<SharedCircuitBreaker, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => new Shared(store, options))

/** Runs an effect through a breaker, without a pipeline. */
export const protect: {
  (
    breaker: SharedCircuitBreaker,
  ): <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | CircuitOpen | CircuitStoreFailed, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: SharedCircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen | CircuitStoreFailed, R>
} = /* @__PURE__ */ dual(
  2,
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: SharedCircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen | CircuitStoreFailed, R> =>
    through<A, E, R, CircuitOpen | CircuitStoreFailed>(breaker.step, effect),
)

/** Changes the options of a running breaker. Its state, which is in the store, its name and its key stay. */
export const reload = (
  breaker: SharedCircuitBreaker,
  options: Options,
): Effect.Effect<void, InvalidPolicy.InvalidPolicy> => InvalidPolicy.build(() => breaker.apply(options))
