import { assert, describe, it } from "@effect/vitest"
import { Authorization, SignInNeeded, Tokens } from "@holdfast/core"
import { Deferred, Effect, Exit, Fiber, Layer, Redacted, Scope, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"

describe("Authorization", () => {
  it.effect("opens the gate with the stored token", () =>
    Effect.gen(function* () {
      const { token } = yield* Authorization
      assert.strictEqual(Redacted.value(yield* token), "first")
    }).pipe(Effect.provide(layerOf({ current: succeed("first") }))),
  )

  it.effect("refreshes the token once when ten calls are rejected at the same time", () =>
    Effect.gen(function* () {
      let refreshes = 0
      const layer = layerOf({
        current: succeed("first"),
        refresh: () => Effect.sync(() => Redacted.make(`fresh ${++refreshes}`)).pipe(Effect.delay("1 second")),
      })
      yield* Effect.gen(function* () {
        const authorization = yield* Authorization
        const used = yield* authorization.token
        const calls = yield* Effect.forEach(Array.from({ length: 10 }), () =>
          Effect.forkChild(Effect.andThen(authorization.reject(used), authorization.token)),
        )
        yield* TestClock.adjust("5 seconds")
        const tokens = yield* Effect.forEach(calls, Fiber.join)
        assert.deepStrictEqual(
          tokens.map(Redacted.value),
          Array.from({ length: 10 }, () => "fresh 1"),
        )
        // A late rejection names a token that is no longer current.
        yield* authorization.reject(used)
        assert.isTrue(authorization.gate.isOpen())
        assert.strictEqual(refreshes, 1)
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect("asks the user to sign in when the refresh fails, and resumes the waiting calls after the sign-in", () =>
    Effect.gen(function* () {
      const signedIn = yield* Deferred.make<Redacted.Redacted<string>>()
      const layer = layerOf({
        current: succeed("first"),
        refresh: () => Effect.fail(new SignInNeeded({ reason: "the refresh token is spent", action: "pair again" })),
        signedIn: Deferred.await(signedIn),
      })
      yield* Effect.gen(function* () {
        const authorization = yield* Authorization
        yield* authorization.reject(yield* authorization.token)
        const call = yield* Effect.forkChild(authorization.token)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(call.pollUnsafe(), undefined)
        const state = yield* SubscriptionRef.get(authorization.gate.state)
        assert.deepStrictEqual(state, {
          _tag: "NeedsHuman",
          reason: "the refresh token is spent",
          action: "pair again",
          since: 0,
        })
        yield* Deferred.succeed(signedIn, Redacted.make("paired"))
        yield* TestClock.adjust("1 second")
        assert.strictEqual(Redacted.value(yield* Fiber.join(call)), "paired")
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect("asks the user to sign in if no token is available or the token service fails with a defect", () =>
    Effect.gen(function* () {
      for (const current of [
        Effect.fail(new SignInNeeded({ reason: "not paired", action: "pair" })),
        Effect.die(new Error("bug")),
      ]) {
        yield* Effect.gen(function* () {
          const { gate } = yield* Authorization
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* SubscriptionRef.get(gate.state))._tag, "NeedsHuman")
        }).pipe(Effect.provide(layerOf({ current })))
      }
    }),
  )

  it.effect("completes the refresh even if the call that reported the rejection is interrupted", () =>
    Effect.gen(function* () {
      const layer = layerOf({
        current: succeed("first"),
        refresh: () => Effect.delay(succeed("fresh"), "1 second"),
      })
      yield* Effect.gen(function* () {
        const authorization = yield* Authorization
        const used = yield* authorization.token
        const call = yield* Effect.forkChild(Effect.andThen(authorization.reject(used), Effect.never), {
          startImmediately: true,
        })
        yield* Fiber.interrupt(call)
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual(Redacted.value(yield* authorization.token), "fresh")
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect("uses a newer token from its source, and ignores a late rejection of the previous token", () =>
    Effect.gen(function* () {
      let latest = "first"
      const layer = layerOf({
        current: succeed("first"),
        latest: Effect.suspend(() => succeed(latest)),
      })
      yield* Effect.gen(function* () {
        const authorization = yield* Authorization
        const used = yield* authorization.token
        latest = "renewed"
        assert.strictEqual(Redacted.value(yield* authorization.token), "renewed")
        yield* authorization.reject(used)
        assert.isTrue(authorization.gate.isOpen())
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect(
    "closes the gate and refreshes the token once when the token source reports that the token has expired",
    () =>
      Effect.gen(function* () {
        let expired = false
        let refreshes = 0
        const layer = layerOf({
          current: succeed("first"),
          latest: Effect.suspend(() => (expired ? Effect.undefined : succeed(refreshes === 0 ? "first" : "fresh"))),
          refresh: (rejected) =>
            Effect.sync(() => {
              assert.strictEqual(Redacted.value(rejected), "first")
              refreshes++
              expired = false
              return Redacted.make("fresh")
            }).pipe(Effect.delay("1 second")),
        })
        yield* Effect.gen(function* () {
          const authorization = yield* Authorization
          assert.strictEqual(Redacted.value(yield* authorization.token), "first")
          expired = true
          const calls = yield* Effect.forEach(Array.from({ length: 10 }), () => Effect.forkChild(authorization.token))
          yield* TestClock.adjust("5 seconds")
          const tokens = yield* Effect.forEach(calls, Fiber.join)
          assert.deepStrictEqual([...new Set(tokens.map(Redacted.value))], ["fresh"])
          assert.strictEqual(refreshes, 1)
        }).pipe(Effect.provide(layer))
      }),
  )

  it.effect("interrupts the token refresh when the scope of the layer closes", () =>
    Effect.gen(function* () {
      let ended = false
      const layer = layerOf({
        current: succeed("first"),
        refresh: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => (ended = true))),
      })
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      yield* Effect.gen(function* () {
        const authorization = yield* Authorization
        yield* authorization.reject(yield* authorization.token)
        yield* TestClock.adjust("1 second")
      }).pipe(Effect.provideContext(context))
      assert.isFalse(ended)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(ended)
    }),
  )
})

const succeed = (token: string) => Effect.succeed(Redacted.make(token))

const layerOf = (tokens: Partial<Tokens["Service"]>) =>
  Authorization.layer.pipe(
    Layer.provide(
      Layer.succeed(Tokens, {
        current: Effect.die("no token was expected to be read"),
        refresh: () => Effect.die("no refresh was expected"),
        signedIn: Effect.never,
        ...tokens,
      }),
    ),
  )
