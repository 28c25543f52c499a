/**
 * The interface that the store of a shared breaker must implement. `CircuitBreakerStore` from
 * `effect/persistence/CircuitBreaker` implements this interface. The module `effect/persistence/CircuitBreaker` is
 * experimental, so this package declares the interface and does not import the module.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** The state of a circuit. */
export type CircuitState = "Closed" | "Open" | "HalfOpen"

/** A state change caused by a request for admission or a reported outcome. */
export interface CircuitTransition {
  readonly from: CircuitState
  readonly to: CircuitState
}

/** A call that the store admitted. */
export interface CircuitAdmission {
  readonly generation: number
  readonly consecutiveOpenings: number
  readonly transition: CircuitTransition | undefined
}

/** The condition under which the store opens the circuit. */
export type CircuitTripPolicy =
  | { readonly _tag: "Consecutive"; readonly failures: number }
  | { readonly _tag: "Rate"; readonly threshold: number; readonly minimumCalls: number; readonly size: number }

/** The reason why the store rejected a call, or a failure of the store. */
export interface CircuitStoreRefusal {
  readonly _tag: "CircuitBreakerError"
  readonly reason:
    | { readonly _tag: "CircuitOpen"; readonly retryAfter: Duration.Duration }
    | { readonly _tag: "CircuitHalfOpen" }
    | { readonly _tag: "CircuitBreakerStoreError" }
}

/** The outcome of an admitted call, as reported to the store. */
export interface CircuitRecord {
  readonly key: string
  readonly generation: number
  readonly outcome: "Success" | "Failure" | "Ignored"
  readonly tripPolicy: CircuitTripPolicy
  readonly openFor: Duration.Duration
}

/** Stores circuits by key. */
export interface CircuitStore {
  readonly admit: (key: string) => Effect.Effect<CircuitAdmission, CircuitStoreRefusal, Scope.Scope>
  readonly record: (options: CircuitRecord) => Effect.Effect<CircuitTransition | undefined, CircuitStoreRefusal>
}
