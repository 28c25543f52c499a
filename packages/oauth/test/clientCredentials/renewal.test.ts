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

describe("ClientTokens renews a token", () => {
  it.effect("60 s before its expiry, while calls continue to use it", () =>
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

  it.effect("at the configured margin, and at half of a short lifetime", () =>
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

  it.effect("only if a call asks for one", () =>
    Effect.gen(function* () {
      const { arrived, tokens } = yield* make([issued("a-1", 60)])
      yield* tokens.current
      yield* TestClock.adjust("1 day")
      assert.strictEqual(arrived.length, 1)
    }),
  )

  it.effect("that has expired before a call uses it", () =>
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

  it.effect("not at all if it has no lifetime", () =>
    Effect.gen(function* () {
      const { arrived, tokens } = yield* make([endless("a-1")])
      yield* tokens.current
      yield* TestClock.adjust("365 days")
      assert.strictEqual(yield* outcome(tokens.current), "a-1")
      assert.strictEqual(arrived.length, 1)
    }),
  )

  it.effect("at most once in 5 s, whatever lifetime the server sends", () =>
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

  it.effect("in the background while the server is down, and keeps using the old one", () =>
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

  it.effect("once before the expiry if the server rejects the request, and again after it", () =>
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

  it.effect("once too often if the wall clock is set forward, and on time if it is set back", () =>
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

  it("only with a valid margin", () => {
    assert.throws(() => ClientTokens.layerWith({ margin: -1 }), InvalidPolicy)
    assert.throws(() => ClientTokens.layerWith({ margin: Infinity }), InvalidPolicy)
    assert.throws(() => ClientTokens.layerWith({ early: 1 } as object), InvalidPolicy)
  })
})

describe("ClientTokens behind the authorization gate", () => {
  const behind = (...steps: ReadonlyArray<Step>) => {
    const script = scripted(...steps)
    const layer = Authorization.layer.pipe(Layer.provide(ClientTokens.layer), Layer.provide(client(script)))
    const run = <A, E>(use: (authorization: Authorization["Service"]) => Effect.Effect<A, E>) =>
      Effect.flatMap(Authorization, use).pipe(Effect.provide(layer), withoutJitter)
    return { ...script, run }
  }

  it.effect("renew tokens without closing it", () => {
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

  it.effect("hold calls while a rejected or expired token is replaced", () => {
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

  it.effect("name the action for a person, and open it afterwards", () => {
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
