import * as Effect from "effect/Effect"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"

console.log(
  await Effect.runPromise(
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({
        tripPolicy: CircuitBreaker.consecutive(5),
        openDuration: "10 seconds",
      })
      return yield* breaker.execute(Effect.succeed(1), { key: "bench" })
    }).pipe(Effect.scoped, Effect.provide(CircuitBreaker.layerStoreMemory())),
  ),
)
