import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { fails, reveal, slowly, withoutJitter } from "../support/server.ts"
import { renewed, rejected, make } from "../support/tokens.ts"

describe("OAuthTokens", () => {
  describe("interruption", () => {
    it.effect("completes a refresh in flight before an interruption takes effect, and saves the new pair", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([slowly(10_000, renewed)])
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("1 second")
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* TestClock.adjust("5 seconds")
        assert.isUndefined(interruption.pollUnsafe())
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.join(interruption)
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("waits at most 15 s for a silent server after an interruption, and leaves no fiber running", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([slowly(60_000, renewed)])
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("1 second")
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* TestClock.adjust("14 seconds")
        assert.isUndefined(interruption.pollUnsafe())
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(interruption)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-1", "refresh-1"])
        assert.strictEqual((yield* memory.load)?.spent, "maybe")
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("stops waiting for the next attempt immediately when interrupted", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([fails("ECONNREFUSED")])
        const fiber = yield* Effect.forkChild(withoutJitter(service.refresh(rejected)))
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5])
      }),
    )
  })
})
