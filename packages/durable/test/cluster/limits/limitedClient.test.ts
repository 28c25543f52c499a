import { assert, describe, it } from "@effect/vitest"
import type { C2cClient } from "@holdfast/c2c"
import { Clock, Effect } from "effect"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { TestClock } from "effect/testing"
import * as LimitedClient from "../../../src/internal/cluster/limits/limitedClient.ts"

/** A client that records when its calls start. */
const recording = (times: Array<number>) =>
  ({
    me: Effect.map(Clock.currentTimeMillis, (now) => void times.push(now)),
    health: Effect.map(Clock.currentTimeMillis, (now) => void times.push(now)),
  }) as unknown as C2cClient["Service"]

const tenCalls = ({ me }: C2cClient["Service"]) =>
  Effect.forkChild(Effect.forEach(Array.from({ length: 10 }), () => me, { concurrency: "unbounded" }))

const late = (times: ReadonlyArray<number>) => times.filter((at) => at > 0).length

describe("a client with a rate", () => {
  it.effect("starts the calls of two runners at the rate of both together, if they share a store", () =>
    Effect.gen(function* () {
      const times: Array<number> = []
      const [here, there] = [yield* LimitedClient.make(rate), yield* LimitedClient.make(rate)]
      yield* tenCalls(here(recording(times)))
      yield* tenCalls(there(recording(times)))
      yield* TestClock.adjust(0)
      assert.strictEqual(times.length, 5)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(times.length, 10)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(times.length, 20)
      assert.strictEqual(late(times), 15)
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory)),
  )

  it.effect("has a rate of its own without a store, and does not delay health checks", () =>
    Effect.gen(function* () {
      const times: Array<number> = []
      const [here, there] = [yield* LimitedClient.make(rate), yield* LimitedClient.make(rate)]
      yield* tenCalls(here(recording(times)))
      yield* tenCalls(there(recording(times)))
      yield* TestClock.adjust(0)
      assert.strictEqual(times.length, 10)
      yield* Effect.ignore(here(recording(times)).health)
      assert.strictEqual(times.length, 11)
    }),
  )
})

const rate = { limit: 5, window: "1 second" } as const
