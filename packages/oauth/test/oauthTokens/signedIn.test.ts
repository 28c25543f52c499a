import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Authorization } from "@holdfast/core"
import { refuses, tokens } from "../support/server.ts"
import { renewed, rejected, make, outcome, full } from "../support/tokens.ts"

describe("OAuthTokens", () => {
  describe("current", () => {
    it.effect("returns the saved token", () =>
      Effect.gen(function* () {
        const { service } = yield* make([renewed])
        assert.strictEqual(yield* outcome(service.current), "access-1")
      }),
    )

    it.effect("reports that the device is not signed in", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed])
        yield* memory.clear
        const error = yield* Effect.flip(service.current)
        assert.strictEqual(error.message, "this device is not signed in: sign in")
      }),
    )

    it.effect("reports the error that the token store returns", () =>
      Effect.gen(function* () {
        const { service } = yield* make([renewed], () => ({ load: full() }))
        const error = yield* Effect.flip(service.current)
        assert.match(error.message, /no space left on the disk: free some space$/)
      }),
    )
  })

  describe("signedIn", () => {
    it.effect("resumes immediately when this process signs in, and ignores the pair whose sign-in has ended", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(fiber.pollUnsafe())
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
      }),
    )

    it.effect("detects within 5 s that another process has signed in", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")], () => ({ changes: Stream.never }))
        yield* Effect.flip(service.refresh(rejected))
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("11 seconds")
        yield* memory.save(tokens(7))
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("4 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
      }),
    )

    it.effect("detects a sign-in that happened before any caller waited", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* service.signedIn), "access-7")
      }),
    )

    it.effect("waits until the token store is readable again", () =>
      Effect.gen(function* () {
        let readable = false
        const { service } = yield* make([renewed], (store) => ({
          load: Effect.suspend(() => (readable ? store.load : full())),
        }))
        yield* Effect.flip(service.current)
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(fiber.pollUnsafe())
        readable = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-1")
      }),
    )
  })

  it.effect("holds calls at the authorization gate until a user signs in", () =>
    Effect.gen(function* () {
      const { layer, memory } = yield* make([refuses("invalid_request")])
      const scope = yield* Scope.make()
      const authorization = Context.get(
        yield* Layer.buildWithScope(Layer.fresh(Authorization.layer.pipe(Layer.provide(layer))), scope),
        Authorization,
      )
      assert.strictEqual(Redacted.value(yield* authorization.token), "access-1")
      yield* authorization.reject(rejected)
      const call = yield* Effect.forkChild(authorization.token)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(call.pollUnsafe())
      yield* memory.save(tokens(7))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value(yield* Fiber.join(call)), "access-7")
      yield* Scope.close(scope, Exit.void)
    }),
  )
})
