/**
 * A circuit breaker: after too many failures calls are rejected at once, until a probe shows that the service answers.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { Breaker } from "./internal/breaker/breaker.ts"
import type { CircuitOpen } from "./internal/breaker/circuitOpen.ts"
import type { Options } from "./internal/breaker/options.ts"
import { guarded, type Guard, type Reloadable } from "./internal/guard.ts"
import { sending, through } from "./internal/send.ts"
import * as InvalidPolicy from "./InvalidPolicy.ts"
import type { Classified } from "./Verdict.ts"

export { CircuitOpen } from "./internal/breaker/circuitOpen.ts"
export type { Transition } from "./internal/breaker/breaker.ts"
export type { Growing, Options, RampOptions, Window, WindowRates } from "./internal/breaker/options.ts"

/** A breaker of one circuit: its functions are those of this module. */
export interface CircuitBreaker extends Guard<number, CircuitOpen>, Reloadable<Options> {}

/** Makes a breaker. */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.guard(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): CircuitBreaker => new Breaker(options)

/** Runs an effect through a breaker, without a pipeline. */
export const protect: {
  (
    breaker: CircuitBreaker,
  ): <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | CircuitOpen, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: CircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen, R>
} = /* @__PURE__ */ dual(
  2,
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: CircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen, R> => through<A, E, R, CircuitOpen>(guarded(breaker, sending), effect),
)
