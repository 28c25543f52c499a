/**
 * A circuit breaker whose state is in one of Effect's stores: one circuit for many processes.
 *
 * **When to use**
 *
 * Use it if many processes call one service and each process has too few calls to judge it. For a single process
 * `CircuitBreaker` is two orders of magnitude faster and has time windows, slow calls, several probes and ramps, which the
 * store lacks.
 *
 * **Details**
 *
 * The store is `CircuitBreakerStore` of `effect/persistence/CircuitBreaker`: `layerStoreRedis` shares the circuit through Redis
 * and uses the clock of Redis; `layerStoreMemory` keeps it in the process. Each admitted call costs two round trips, one before
 * it and one after.
 *
 * A store that fails or does not respond within `storeTimeout` must not take down the calls it protects. Such a call is sent
 * unrecorded (`onStoreError: "allow"`) or rejected with {@link CircuitStoreFailed} (`"reject"`).
 *
 * **Gotchas**
 *
 * Effect marks that module as experimental: its interface may change in a minor release. Therefore this module defines the
 * interface that it needs and imports no store: {@link make} takes the store as an argument.
 *
 * Processes that share a key must use the same thresholds; this is not checked. A probe that hangs keeps its lease in the
 * memory store forever, and in Redis too, where the lease is renewed while the probe runs: put a timeout inside.
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

/** Runs an effect through a breaker, outside a pipeline. */
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

/** Changes the options of a running breaker. Its state in the store, its name and its key are kept. */
export const reload = (
  breaker: SharedCircuitBreaker,
  options: Options,
): Effect.Effect<void, InvalidPolicy.InvalidPolicy> => InvalidPolicy.build(() => breaker.apply(options))
