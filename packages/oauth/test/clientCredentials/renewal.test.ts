import { assert, describe, it } from "@effect/vitest"
import { Authorization, InvalidPolicy } from "@holdfast/core"
import { ClientTokens } from "@holdfast/oauth"
import { Clock, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { client, endless, issued, make, outcome } from "../support/client.ts"
import { fails, refuses, scripted, slowly, type Step, withoutJitter } from "../support/server.ts"

/** Moves only the wall clock, as a person or NTP does. */
const withWall = (offset: () => number) =>
  Effect.updateService(Clock.Clock, (clock) => ({
    ...clock,
    sleep: (duration) => clock.sleep(duration),
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + offset(),
    currentTimeMillis: Effect.suspend(() => Effect.succeed(clock.currentTimeMillisUnsafe() + offset())),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: Effect.suspend(() => Effect.succeed(clock.monotonicTimeNanosUnsafe())),
  }))

describe("the renewal of client tokens", () => {
  it.effect("renews a token 60 s before it expires, while calls continue to use the old token", () =>
    Effect.gen(function* () {
      const { times, tokens } = yield* make([issued("a-1", 3600), slowly(1000, issued("a-2", 3600))])
      yield* tokens.current
      yield* TestClock.adjust("3539 seconds")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      assert.deepStrictEqual(times(), [0])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* outcome(tokens.current), "a-2")
      assert.deepStrictEqual(times(), [0, 3540])
    }),
  )

  it.effect("renews a token at the configured margin, or after half of a short lifetime", () =>
    Effect.gen(function* () {
      for (const [margin, lifetime, due] of [
        ["5 minutes", 3600, 3300],
        ["0 seconds", 3600, 3600],
        ["1 minute", 60, 30],
        ["1 minute", 100, 50],
      ] as const) {
        const { tokens, arrived } = yield* make([issued("a-1", lifetime)], { margin })
        yield* tokens.current
        yield* TestClock.adjust((due - 1) * 1000)
        yield* tokens.current
        assert.strictEqual(arrived.length, 1)
        yield* TestClock.adjust("1 second")
        yield* tokens.current
        assert.strictEqual(arrived.length, 2)
      }
    }),
  )

  it.effect("renews a token only if a call requests one", () =>
    Effect.gen(function* () {
      const { arrived, tokens } = yield* make([issued("a-1", 60)])
      yield* tokens.current
      yield* TestClock.adjust("1 day")
      assert.strictEqual(arrived.length, 1)
    }),
  )

  it.effect("renews an expired token before a call uses it", () =>
    Effect.gen(function* () {
      const { times, tokens } = yield* make([issued("a-1", 3600), slowly(1000, issued("a-2", 3600))])
      yield* tokens.current
      yield* TestClock.adjust("1 hour")
      const fiber = yield* Effect.forkChild(outcome(tokens.current))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "a-2")
      assert.deepStrictEqual(times(), [0, 3600])
    }),
  )

  it.effect("never renews a token without a lifetime", () =>
    Effect.gen(function* () {
      const { arrived, tokens } = yield* make([endless("a-1")])
      yield* tokens.current
      yield* TestClock.adjust("365 days")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      assert.strictEqual(arrived.length, 1)
    }),
  )

  it.effect("treats a lifetime shorter than 5 s as 5 s", () =>
    Effect.gen(function* () {
      const { times, tokens } = yield* make([issued("a-1", 1)])
      for (let n = 0; n < 12; n++) {
        yield* tokens.current
        yield* TestClock.adjust("1 second")
      }
      // An early renewal at half of 5 s, and the same for its new token.
      assert.deepStrictEqual(times(), [0, 3, 6, 9])
    }),
  )

  it.effect("renews a token in the background while the server is down, and keeps using the old token", () =>
    Effect.gen(function* () {
      const { times, tokens } = yield* make([
        issued("a-1", 3600),
        fails("ECONNREFUSED"),
        fails("ECONNREFUSED"),
        issued("a-2"),
      ])
      yield* tokens.current
      yield* TestClock.adjust("3540 seconds")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* outcome(tokens.current), "a-2")
      assert.deepStrictEqual(times(), [0, 3540, 3540.5, 3541.5])
    }),
  )

  it.effect(
    "attempts one renewal before the token expires and, if the server rejects it, another after the token has expired",
    () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([issued("a-1", 3600), refuses("invalid_client", 401)], {
          margin: "10 minutes",
        })
        yield* tokens.current
        yield* TestClock.adjust("50 minutes")
        for (let n = 0; n < 9; n++) {
          assert.strictEqual(yield* outcome(tokens.current), "a-1")
          yield* TestClock.adjust("1 minute")
        }
        assert.deepStrictEqual(times(), [0, 3000])
        yield* TestClock.adjust("1 minute")
        assert.match(yield* outcome(tokens.current), /check the client id and the client secret$/)
        assert.deepStrictEqual(times(), [0, 3000, 3600])
      }),
  )

  it.effect(
    "performs one extra renewal if the wall clock is set forward, and renews on time if the clock is set back",
    () =>
      Effect.gen(function* () {
        let offset = 0
        yield* Effect.gen(function* () {
          const { times, tokens } = yield* make([issued("a-1", 3600)])
          yield* tokens.current
          offset = 10 * 365 * 86_400_000
          yield* tokens.current
          yield* tokens.current
          // The scripted server uses the changed clock.
          assert.strictEqual(times().length, 2)
          offset = 0
          yield* TestClock.adjust("3539 seconds")
          yield* tokens.current
          assert.strictEqual(times().length, 2)
          yield* TestClock.adjust("1 second")
          yield* tokens.current
          assert.strictEqual(times().length, 3)
        }).pipe(withWall(() => offset))
      }),
  )

  it("accepts only a valid margin", () => {
    assert.throws(() => ClientTokens.layerWith({ margin: -1 }), InvalidPolicy)
    assert.throws(() => ClientTokens.layerWith({ margin: Infinity }), InvalidPolicy)
    assert.throws(() => ClientTokens.layerWith({ early: 1 } as object), InvalidPolicy)
  })
})

describe("client tokens behind the authorization gate", () => {
  const behind = (...steps: ReadonlyArray<Step>) => {
    const script = scripted(...steps)
    const layer = Authorization.layer.pipe(Layer.provide(ClientTokens.layer), Layer.provide(client(script)))
    const run = <A, E>(use: (authorization: Authorization["Service"]) => Effect.Effect<A, E>) =>
      Effect.flatMap(Authorization, use).pipe(Effect.provide(layer), withoutJitter)
    return { ...script, run }
  }

  it.effect("renews tokens without closing the authorization gate", () => {
    const { run, times } = behind(issued("a-1"), slowly(1000, issued("a-2")))
    return run((authorization) =>
      Effect.gen(function* () {
        const value = Effect.map(authorization.token, Redacted.value)
        assert.strictEqual(yield* value, "a-1")
        yield* TestClock.adjust("3540 seconds")
        assert.strictEqual(yield* value, "a-1")
        assert.isTrue(authorization.gate.isOpen())
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* value, "a-2")
        // The response to a call with the old token arrives late.
        yield* authorization.reject(Redacted.make("a-1"))
        assert.isTrue(authorization.gate.isOpen())
        assert.deepStrictEqual(times(), [0, 3540])
      }),
    )
  })

  it.effect("holds calls while a rejected or expired token is replaced", () => {
    const { run, times } = behind(issued("a-1"), slowly(1000, issued("a-2")), slowly(1000, issued("a-3")))
    return run((authorization) =>
      Effect.gen(function* () {
        const value = Effect.map(authorization.token, Redacted.value)
        yield* authorization.reject(yield* authorization.token)
        assert.isFalse(authorization.gate.isOpen())
        const rejected = yield* Effect.forkChild(value)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Fiber.join(rejected), "a-2")
        yield* TestClock.adjust("1 hour")
        const expired = yield* Effect.forkChild(value)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Fiber.join(expired), "a-3")
        assert.deepStrictEqual(times(), [0, 0, 3601])
      }),
    )
  })

  it.effect("closes the authorization gate if the user must act, and opens it after the problem is fixed", () => {
    const { run, times } = behind(refuses("invalid_scope"), issued("a-1"))
    return run((authorization) =>
      Effect.gen(function* () {
        const call = yield* Effect.forkChild(authorization.token)
        yield* TestClock.adjust("1 second")
        const state = yield* Effect.sync(() => authorization.gate.isOpen())
        assert.isFalse(state)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(Redacted.value(yield* Fiber.join(call)), "a-1")
        assert.deepStrictEqual(times(), [0, 60])
      }),
    )
  })
})
