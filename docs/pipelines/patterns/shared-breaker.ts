import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import { Console, Data, Effect, Logger } from "effect"
import { CircuitBreakerStore, layerStoreMemory } from "effect/persistence/CircuitBreaker"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

export const main = Effect.gen(function* () {
  const working = yield* CircuitBreakerStore
  const hanging = CircuitBreakerStore.of({ ...working, admit: () => Effect.never })
  // #region store
  // Do: let the calls go on without a circuit if the store does not answer. This is the default.
  const allowing = yield* SharedCircuitBreaker.make(hanging, { storeTimeout: "200 millis" })
  // Don't: a store that is down takes down the service that it protects.
  const rejecting = yield* SharedCircuitBreaker.make(hanging, { onStoreError: "reject" })
  // #endregion
  for (const breaker of [allowing, rejecting]) {
    const call = Pipeline.run(Pipeline.makeUnsafe(Pipeline.breaker(breaker)), Effect.succeed("answered"))
    yield* Console.log(yield* Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: (text) => text }))
  }

  const breaker = yield* SharedCircuitBreaker.make(working, { consecutive: 1, open: "1 second" })
  // #region probe
  // Do: put a timeout inside. A probe that hangs holds the circuit of all processes.
  const bounded = Pipeline.makeUnsafe(Pipeline.breaker(breaker), Pipeline.timeout("2 seconds"))
  // Don't: nothing ends the probe, and all other calls are rejected.
  const unbounded = Pipeline.makeUnsafe(Pipeline.breaker(breaker))
  // #endregion
  const tag = (call: Effect.Effect<string, { readonly _tag: string }>) =>
    Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: (text) => text })
  yield* Effect.ignore(Pipeline.run(bounded, Effect.fail(new Unavailable())))
  yield* Effect.sleep("1 second")
  yield* Console.log(`probe with a timeout: ${yield* tag(Pipeline.run(bounded, Effect.never))}`)
  yield* Effect.sleep("1 minute")
  yield* Effect.forkChild(Pipeline.run(unbounded, Effect.never))
  yield* Effect.sleep("1 minute")
  yield* Console.log(`a minute after a probe without: ${yield* tag(Pipeline.run(bounded, Effect.succeed("answered")))}`)
}).pipe(Effect.provide([layerStoreMemory(), Logger.layer([])]))

if (import.meta.main) NodeRuntime.runMain(main)
