/**
 * The interface that a shared breaker requires of a store. `CircuitBreakerStore` of `effect/persistence/CircuitBreaker`
 * implements it. That module is experimental, so this package declares the interface and does not import the module.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A state of a circuit. */
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

/** When the store opens the circuit. */
export type CircuitTripPolicy =
  | { readonly _tag: "Consecutive"; readonly failures: number }
  | { readonly _tag: "Rate"; readonly threshold: number; readonly minimumCalls: number; readonly size: number }

/** Why the store rejects a call, or that the store failed. */
export interface CircuitStoreRefusal {
  readonly _tag: "CircuitBreakerError"
  readonly reason:
    | { readonly _tag: "CircuitOpen"; readonly retryAfter: Duration.Duration }
    | { readonly _tag: "CircuitHalfOpen" }
    | { readonly _tag: "CircuitBreakerStoreError" }
}

/** The outcome of an admitted call, for the store. */
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
