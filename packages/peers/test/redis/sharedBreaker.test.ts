import { assert, describe, it } from "@effect/vitest"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Fiber, Latch, Layer } from "effect"
import * as Store from "effect/persistence/CircuitBreaker"
import * as Peer from "../../support/processes/Peer.ts"
import * as RedisServer from "../../support/redis/RedisServer.ts"

const { missing } = RedisServer

const down = { _tag: "Down", verdict: Verdict.always() } as const

const send = (breaker: SharedCircuitBreaker.SharedCircuitBreaker, call: "f" | "s") =>
  (call === "f" ? Effect.fail(down) : Effect.succeed("ok")).pipe(
    SharedCircuitBreaker.protect(breaker),
    Effect.match({ onSuccess: (answer) => answer, onFailure: (error) => error._tag }),
  )

/** A process: its own store over the same Redis. */
const process = (options: SharedCircuitBreaker.Options) =>
  Effect.flatMap(Store.CircuitBreakerStore, (store) => SharedCircuitBreaker.make(store, options)).pipe(
    Effect.provide(Layer.fresh(Store.layerStoreRedis({ prefix: "holdfast:", probeLease: "300 millis" }))),
  )

const options: SharedCircuitBreaker.Options = {
  key: "payments",
  consecutive: 2,
  open: 2000,
  storeTimeout: "10 seconds",
}

/** Two processes whose circuit has just opened. */
const opened = (key: string) =>
  Effect.gen(function* () {
    const here = yield* process({ ...options, key })
    const there = yield* process({ ...options, key })
    assert.strictEqual(yield* send(here, "f"), "Down")
    assert.strictEqual(yield* send(there, "f"), "Down")
    return { here, there }
  })

describe.skipIf(missing !== undefined)(Peer.title("a breaker that is shared through Redis", missing), () => {
  it.layer(RedisServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect(
      "opens for one process after failures in another process, and closes for both after a successful probe",
      () =>
        Effect.gen(function* () {
          const { here, there } = yield* opened("open")
          const rejected = yield* Effect.die("it was sent").pipe(SharedCircuitBreaker.protect(here), Effect.flip)
          assert(rejected instanceof SharedCircuitBreaker.CircuitOpen)
          assert.strictEqual(yield* send(there, "s"), "CircuitOpen")
          yield* Effect.sleep(rejected.retryAfter)
          assert.strictEqual(yield* send(there, "s"), "ok")
          assert.strictEqual(yield* send(here, "s"), "ok")
        }),
    )

    it.effect("sends one probe for all processes, and another probe if the first is interrupted", () =>
      Effect.gen(function* () {
        const { here, there } = yield* opened("probe")
        yield* Effect.sleep(2100)
        const sent = yield* Latch.make()
        const probe = yield* Effect.andThen(sent.open, Effect.never).pipe(
          SharedCircuitBreaker.protect(here),
          Effect.forkChild({ startImmediately: true }),
        )
        yield* sent.await
        assert.strictEqual(yield* send(there, "s"), "CircuitOpen")
        // Longer than the lease, which is renewed while the probe runs.
        yield* Effect.sleep(700)
        assert.strictEqual(yield* send(there, "s"), "CircuitOpen")
        yield* Fiber.interrupt(probe)
        assert.strictEqual(yield* send(there, "s"), "ok")
        assert.strictEqual(yield* send(here, "s"), "ok")
      }),
    )
  })
})
