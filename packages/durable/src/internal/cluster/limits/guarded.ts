/**
 * Stores for limits that use a shared store while it answers, and the memory of the process otherwise.
 */
import type * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import type * as RateLimiter from "effect/persistence/RateLimiter"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StoreHealth } from "./storeHealth.ts"

/** Whether a circuit breaker's store has rejected a call, and has not failed. */
const isOpen = ({ reason }: CircuitBreaker.CircuitBreakerError): boolean => reason._tag !== "CircuitBreakerStoreError"

/** Whether a limiter's store has rejected a call, and has not failed. */
const isExceeded = ({ reason }: RateLimiter.RateLimiterError): boolean => reason._tag === "RateLimitExceeded"

/**
 * Returns a store for circuit breakers.
 *
 * **Details**
 *
 * An outcome is recorded in the store that admitted the call. The generations of the memory are negative, by which an
 * outcome finds its store.
 */
export const circuits = (
  shared: CircuitBreaker.CircuitBreakerStore["Service"],
  local: CircuitBreaker.CircuitBreakerStore["Service"],
  { use }: StoreHealth,
): CircuitBreaker.CircuitBreakerStore["Service"] => ({
  admit: (key) =>
    Effect.flatMap(use(shared.admit(key), isOpen), (answer) =>
      Option.isSome(answer)
        ? Effect.succeed(answer.value)
        : Effect.map(local.admit(key), (admission) => ({ ...admission, generation: -1 - admission.generation })),
    ),
  record: (outcome) =>
    outcome.generation < 0
      ? local.record({ ...outcome, generation: -1 - outcome.generation })
      : Effect.map(use(shared.record(outcome), isOpen), Option.getOrUndefined),
  state: (key) =>
    Effect.flatMap(use(shared.state(key), isOpen), (answer) =>
      Option.isSome(answer) ? Effect.succeed(answer.value) : local.state(key),
    ),
})

/** Returns a store for rate limiters. While the shared store is down, each process has the whole limit. */
export const rates = (
  shared: RateLimiter.RateLimiterStore["Service"],
  local: RateLimiter.RateLimiterStore["Service"],
  { use }: StoreHealth,
): RateLimiter.RateLimiterStore["Service"] => {
  type Failable<A> = Effect.Effect<A, RateLimiter.RateLimiterError>
  const either = <A>(there: Failable<A>, here: Failable<A>): Failable<A> =>
    Effect.flatMap(use(there, isExceeded), (answer) => (Option.isSome(answer) ? Effect.succeed(answer.value) : here))
  return {
    fixedWindow: (options) => either(shared.fixedWindow(options), local.fixedWindow(options)),
    tokenBucket: (options) => either(shared.tokenBucket(options), local.tokenBucket(options)),
    adaptiveConsume: (options) => either(shared.adaptiveConsume(options), local.adaptiveConsume(options)),
    adaptiveFeedback: (options) => either(shared.adaptiveFeedback(options), local.adaptiveFeedback(options)),
  }
}
