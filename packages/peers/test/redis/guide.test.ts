import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Store from "effect/persistence/CircuitBreaker"
import { TestConsole } from "effect/testing"
import * as Peer from "../../support/processes/Peer.ts"
import * as RedisServer from "../../support/redis/RedisServer.ts"

const { missing } = RedisServer

/** A program that runs on any store. */
interface Guide {
  readonly program: Effect.Effect<void, unknown, Store.CircuitBreakerStore>
}

const guide = new URL("../../../../docs/pipelines/policies/shared-breaker.ts", import.meta.url)

describe.skipIf(missing !== undefined)(Peer.title("the program of the page on the shared breaker", missing), () => {
  it.layer(RedisServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("prints the same output with Redis as with the in-memory store", () =>
      Effect.gen(function* () {
        const { program } = yield* Effect.promise((): Promise<Guide> => import(guide.href))
        yield* program
        assert.deepStrictEqual(yield* TestConsole.logLines, [
          "here:  Unavailable",
          "there: Unavailable",
          "here:  Unavailable",
          "there: CircuitOpen",
          "here:  CircuitOpen",
        ])
      }).pipe(Effect.provide([Store.layerStoreRedis({ prefix: "guide:" }), TestConsole.layer])),
    )
  })
})
