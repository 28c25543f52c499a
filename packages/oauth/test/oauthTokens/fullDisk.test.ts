import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { fails, reveal, tokens } from "../support/server.ts"
import { renewed, rejected, make, outcome, full } from "../support/tokens.ts"

describe("OAuthTokens", () => {
  describe("a full disk", () => {
    it.effect("does not send a refresh while the disk is full, and sends it once space is available", () =>
      Effect.gen(function* () {
        let space = false
        const { arrived, memory, service } = yield* make([renewed], (store) => ({
          exclusive: (effect) => (space ? store.exclusive(effect) : full()),
        }))
        const error = yield* Effect.flip(service.refresh(rejected))
        assert.match(error.reason, /no space left/)
        assert.deepStrictEqual([error.action, error.need], ["free some space", "machine"])
        assert.strictEqual(arrived.length, 0)
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("12 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        space = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("does not refresh a token pair whose sign-in may have ended, even after disk space has been freed", () =>
      Effect.gen(function* () {
        let space = true
        const { arrived, service } = yield* make([fails("ECONNRESET"), fails("ECONNRESET"), renewed], (store) => ({
          exclusive: (effect) => (space ? store.exclusive(effect) : full()),
        }))
        const first = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(first)
        space = false
        yield* Effect.flip(service.refresh(rejected))
        space = true
        yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /has ended/)
        assert.strictEqual(arrived.length, 2)
      }),
    )

    it.effect("does not send a refresh if the record of the attempt cannot be written", () =>
      Effect.gen(function* () {
        const { arrived, service } = yield* make([renewed], () => ({ save: full }))
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("keeps the new pair in memory, and saves it once the disk has space", () =>
      Effect.gen(function* () {
        let space = false
        const { arrived, memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (space || set.spent !== undefined ? store.save(set) : full()),
        }))
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-1", "refresh-1"])
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("12 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        space = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("replaces a token file that was damaged in the meantime with the new pair from memory", () =>
      Effect.gen(function* () {
        let broken = false
        const { memory, service } = yield* make([renewed], (store) => ({
          load: Effect.suspend(() => (broken ? full() : store.load)),
          save: (set) => (broken || set.spent !== undefined ? store.save(set) : full()),
        }))
        yield* Effect.flip(service.refresh(rejected))
        broken = true
        assert.strictEqual(yield* outcome(service.refresh(rejected)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("discards the new pair in memory after a sign-out", () =>
      Effect.gen(function* () {
        let space = false
        const { memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (space || set.spent !== undefined ? store.save(set) : full()),
        }))
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.clear
        space = true
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /this device is not signed in/)
        assert.isUndefined(yield* memory.load)
      }),
    )

    it.effect("does not overwrite the tokens of a sign-in that happened in the meantime", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (set.spent === undefined ? full() : store.save(set)),
        }))
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* service.signedIn), "access-7")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-7", "refresh-7"])
      }),
    )
  })
})
