/**
 * A circuit breaker whose state is kept in one of Effect's stores, so that many processes share one circuit.
 *
 * **When to use**
 *
 * Use a shared breaker if many processes call one service and each process makes too few calls to judge the health of the
 * service. For a single process, `CircuitBreaker` is two orders of magnitude faster. `CircuitBreaker` also supports time
 * windows, slow calls, several probes and ramps, which the store lacks.
 *
 * **Details**
 *
 * The store is `CircuitBreakerStore` from `effect/persistence/CircuitBreaker`: `layerStoreRedis` shares the circuit through
 * Redis and uses the clock of Redis; `layerStoreMemory` stores the circuit in the memory of the process. Each admitted call
 * requires two round trips to the store, one before the call and one after it.
 *
 * A store that fails or does not respond within `storeTimeout` must not take down the calls that the breaker protects. If the
 * store is unavailable, the call is sent without being recorded (`onStoreError: "allow"`) or is rejected with
 * {@link CircuitStoreFailed} (`"reject"`).
 *
 * **Gotchas**
 *
 * Effect marks `effect/persistence/CircuitBreaker` as experimental: its interface can change in a minor release. Therefore,
 * this module defines the interface that it requires and does not import a store. Instead, {@link make} accepts the store as
 * an argument.
 *
 * Processes that share a key must use the same thresholds. The breaker does not check that the thresholds are the same. A
 * probe that hangs keeps its lease forever, both in the memory store and in Redis, where the lease is renewed while the probe
 * runs. To prevent a hanging probe from keeping its lease, put a timeout inside the breaker.
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

/** Creates a breaker that keeps its state in a store: `make(yield* CircuitBreakerStore, options)`. */
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

/** Changes the options of a running breaker. The breaker's state in the store, its name and its key do not change. */
export const reload = (
  breaker: SharedCircuitBreaker,
  options: Options,
): Effect.Effect<void, InvalidPolicy.InvalidPolicy> => InvalidPolicy.build(() => breaker.apply(options))
