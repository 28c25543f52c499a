// #region example
import { NodeRedis, NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import { Console, Data, Effect, Layer } from "effect"
import { CircuitBreakerStore, layerStoreMemory, layerStoreRedis } from "effect/persistence/CircuitBreaker"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

/** The pipeline of one process. */
const pipeline = Effect.gen(function* () {
  const store = yield* CircuitBreakerStore
  const breaker = yield* SharedCircuitBreaker.make(store, { key: "payments", consecutive: 3, open: "10 seconds" })
  return yield* Pipeline.make(Pipeline.breaker(breaker), Pipeline.timeout("5 seconds"))
})

/** In a program, the circuit is in Redis. */
export const InRedis = layerStoreRedis({ prefix: "reel:" }).pipe(
  Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" })),
)

export const program = Effect.gen(function* () {
  const [here, there] = yield* Effect.all([pipeline, pipeline])
  for (const process of [here, there, here, there, here]) {
    const error = yield* Effect.flip(Pipeline.run(process, Effect.fail(new Unavailable())))
    yield* Console.log(`${process === here ? "here: " : "there:"} ${error._tag}`)
  }
})

/** Here both processes are one, so its memory is enough. */
export const main = program.pipe(Effect.provide(layerStoreMemory()))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
