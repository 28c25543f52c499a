import { assert, describe, it } from "@effect/vitest"
import { SignInNeeded, Tokens } from "@holdfast/core"
import { ClientTokens } from "@holdfast/oauth"
import { Context, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { client, endless, issued, make, outcome } from "../support/client.ts"
import { answer, fails, hangs, refuses, scripted, slowly, withoutJitter } from "../support/server.ts"

const wrongSecret =
  "The server does not recognize this client id and secret (invalid_client, status 401): check the client id and the client secret"

describe("ClientTokens", () => {
  describe("single flight", () => {
    it.effect("sends one request for a hundred callers, and none for the next hundred", () =>
      Effect.gen(function* () {
        const { arrived, tokens } = yield* make([slowly(1000, issued("a-1"))])
        const hundred = Effect.all(
          Array.from({ length: 100 }, () => outcome(tokens.current)),
          { concurrency: "unbounded" },
        )
        const fiber = yield* Effect.forkChild(hundred)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([...new Set(yield* Fiber.join(fiber))], ["a-1"])
        assert.deepStrictEqual([...new Set(yield* hundred)], ["a-1"])
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("sends one request even if many callers reject the same token", () =>
      Effect.gen(function* () {
        const { arrived, tokens } = yield* make([issued("a-1"), slowly(1000, issued("a-2"))])
        const rejected = yield* tokens.current
        const fiber = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 10 }, () => outcome(tokens.refresh(rejected))),
            { concurrency: "unbounded" },
          ),
        )
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([...new Set(yield* Fiber.join(fiber))], ["a-2"])
        // A late rejection of the old token.
        assert.strictEqual(yield* outcome(tokens.refresh(rejected)), "a-2")
        assert.strictEqual(arrived.length, 2)
      }),
    )

    it.effect("returns the same error to all callers", () =>
      Effect.gen(function* () {
        const { arrived, tokens } = yield* make([slowly(1000, refuses("invalid_client", 401))])
        const fiber = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 10 }, () => outcome(tokens.current)),
            { concurrency: "unbounded" },
          ),
        )
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([...new Set(yield* Fiber.join(fiber))], [wrongSecret])
        assert.strictEqual(arrived.length, 1)
      }),
    )
  })

  describe("interruption", () => {
    it.effect("continues the request for the other callers if the caller that started the request is interrupted", () =>
      Effect.gen(function* () {
        const { arrived, tokens } = yield* make([slowly(1000, issued("a-1"))])
        const first = yield* Effect.forkChild(tokens.current, { startImmediately: true })
        const second = yield* Effect.forkChild(outcome(tokens.current), { startImmediately: true })
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("500 millis")
        assert.strictEqual(yield* Fiber.join(second), "a-1")
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("keeps the token for the next caller if all current callers are interrupted", () =>
      Effect.gen(function* () {
        const { arrived, tokens } = yield* make([slowly(6000, issued("a-1"))])
        // Each caller gives up before the server responds.
        for (let n = 0; n < 3; n++) {
          const caller = yield* Effect.forkChild(Effect.timeoutOption(tokens.current, "2 seconds"))
          yield* TestClock.adjust("2 seconds")
          yield* Fiber.join(caller)
        }
        assert.strictEqual(yield* outcome(tokens.current), "a-1")
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("interrupts a caller immediately, even if the server does not respond", () =>
      Effect.gen(function* () {
        const { tokens } = yield* make([hangs])
        const fiber = yield* Effect.forkChild(tokens.current, { startImmediately: true })
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
        yield* Effect.yieldNow
        assert.isDefined(interruption.pollUnsafe())
      }),
    )

    it.effect("interrupts callers and ends requests when the layer closes", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const script = scripted(fails("ECONNREFUSED"))
        const layer = ClientTokens.layer.pipe(Layer.provide(client(script)))
        const tokens = Context.get(yield* withoutJitter(Layer.buildWithScope(layer, scope)), Tokens)
        const fiber = yield* Effect.forkChild(tokens.current)
        yield* TestClock.adjust("2 seconds")
        yield* Scope.close(scope, Exit.void)
        yield* TestClock.adjust("1 hour")
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        assert.deepStrictEqual(script.times(), [0, 0.5, 1.5])
      }),
    )
  })

  describe("failures", () => {
    it.effect("retries temporary failures with capped backoff", () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([
          ...Array.from({ length: 9 }, () => fails("ECONNREFUSED")),
          issued("a-1"),
        ])
        const fiber = yield* Effect.forkChild(outcome(tokens.current))
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), "a-1")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 95.5, 127.5])
      }),
    )

    it.effect("waits for the server's Retry-After before a retry, but not longer than an hour", () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([
          answer(429, "", { "retry-after": "10" }),
          answer(503, "", { "retry-after": "86400" }),
          issued("a-1"),
        ])
        const fiber = yield* Effect.forkChild(outcome(tokens.current))
        yield* TestClock.adjust("2 hours")
        assert.strictEqual(yield* Fiber.join(fiber), "a-1")
        assert.deepStrictEqual(times(), [0, 10, 3610])
      }),
    )

    it.effect("retries an unknown failure once", () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([refuses("sunspots")])
        const fiber = yield* Effect.forkChild(outcome(tokens.current))
        yield* TestClock.adjust("10 minutes")
        assert.match(yield* Fiber.join(fiber), /sunspots, status 400.*check the settings of this client on the server$/)
        assert.deepStrictEqual(times(), [0, 0.5])
      }),
    )

    it.effect("reports that the settings must be corrected, and does not send another request for a minute", () =>
      Effect.gen(function* () {
        const { tokens, times } = yield* make([refuses("invalid_client", 401)])
        const error = yield* Effect.flip(tokens.current)
        assert.instanceOf(error, SignInNeeded)
        assert.strictEqual(error.need, "settings")
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(yield* outcome(tokens.current), wrongSecret)
        assert.strictEqual(yield* outcome(tokens.refresh(Redacted.make("another"))), wrongSecret)
        assert.deepStrictEqual(times(), [0])
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* outcome(tokens.current), wrongSecret)
        assert.deepStrictEqual(times(), [0, 60])
      }),
    )

    it.effect("fails immediately after a polling error, because the client credentials grant does not poll", () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([refuses("authorization_pending")])
        const error = yield* Effect.flip(tokens.current)
        assert.strictEqual(error.action, "check the settings of this client on the server")
        assert.deepStrictEqual(times(), [0])
      }),
    )

    it.effect("resumes a waiting program after the client has been corrected at the server", () =>
      Effect.gen(function* () {
        const { times, tokens } = yield* make([
          refuses("invalid_client", 401),
          refuses("invalid_client", 401),
          issued("a-1"),
        ])
        yield* Effect.flip(tokens.current)
        const fiber = yield* Effect.forkChild(outcome(tokens.signedIn))
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), "a-1")
        assert.deepStrictEqual(times(), [0, 60, 120])
      }),
    )
  })

  describe("a server that rejects its own tokens", () => {
    it.effect(
      "sends the second request immediately and later requests with backoff if the server rejects its own tokens",
      () =>
        Effect.gen(function* () {
          let n = 0
          const { times, tokens } = yield* make([(request) => endless(`a-${++n}`)(request)])
          const fiber = yield* Effect.forkChild(
            Effect.gen(function* () {
              let token = yield* tokens.current
              while (true) token = yield* tokens.refresh(token)
            }),
          )
          yield* TestClock.adjust("3 minutes")
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(times(), [0, 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 95.5, 127.5, 159.5])
        }),
    )

    it.effect("resets the backoff after a token has worked for a minute", () =>
      Effect.gen(function* () {
        let n = 0
        const { times, tokens } = yield* make([(request) => endless(`a-${++n}`)(request)])
        let token = yield* tokens.current
        token = yield* tokens.refresh(token)
        yield* TestClock.adjust("1 minute")
        token = yield* tokens.refresh(token)
        token = yield* tokens.refresh(token)
        assert.deepStrictEqual(times(), [0, 0, 60, 60])
      }),
    )
  })
})
