import { assert, describe, it } from "@effect/vitest"
import { Authorization, Connectivity, Health, Pipeline, Tokens, Verdict } from "@holdfast/core"
import { Clock, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { failure, inTime, pinned } from "../support/pipeline.ts"

describe("Pipeline", () => {
  it.effect("closes the connectivity gate, waits for it to open, and does not count the wait as an attempt", () =>
    Effect.gen(function* () {
      const world = { down: false }
      const sent: Array<number> = []
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.retry(),
          Pipeline.gates({ connectivity }),
          Pipeline.timeout("15 seconds"),
        )
        const call = Pipeline.run(pipeline, ({ number }) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            sent.push(now)
            if (number > 1) return Effect.succeed(number)
            world.down = true
            return Effect.fail(failure(Verdict.always({ closes: "connectivity" }), "ConnectionReset"))
          }),
        )
        const fiber = yield* Effect.forkChild(call)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        assert.deepStrictEqual(sent, [0])
        world.down = false
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* Fiber.join(fiber), 2)
      }).pipe(Effect.provide(connectivityOf(world)))
    }).pipe(pinned),
  )

  it.effect("sends the token from the authorization gate, and sends a new token after a rejection", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      yield* Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization: yield* Authorization }))
        const call = Pipeline.run(pipeline, ({ token }) =>
          Effect.suspend(() => {
            const value = token === undefined ? "none" : Redacted.value(token)
            sent.push(value)
            return value === "fresh"
              ? Effect.succeed("done")
              : Effect.fail(failure(Verdict.once({ closes: "authorization", change: "token" }), "UnauthorizedClient"))
          }),
        )
        assert.strictEqual(yield* inTime(call), "done")
      }).pipe(Effect.provide(authorizationOf(() => "fresh")))
      assert.deepStrictEqual(sent, ["stale", "fresh"])
    }).pipe(pinned),
  )

  it.effect("does not retry after a new token is rejected", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      yield* Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization: yield* Authorization }))
        const call = Pipeline.run(pipeline, ({ token }) =>
          Effect.suspend(() => {
            sent.push(token === undefined ? "none" : Redacted.value(token))
            return Effect.fail(failure(Verdict.once({ closes: "authorization" }), "UnauthorizedClient"))
          }),
        )
        assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "UnauthorizedClient")
      }).pipe(Effect.provide(authorizationOf(() => "fresh")))
      assert.deepStrictEqual(sent, ["stale", "fresh"])
    }).pipe(pinned),
  )

  it.effect(
    "refreshes a token only once if the new token is also rejected, regardless of how often the call is retried",
    () =>
      Effect.gen(function* () {
        const sent: Array<string> = []
        let refreshes = 0
        const layer = authorizationOf(() => `fresh ${++refreshes}`)
        yield* Effect.gen(function* () {
          const pipeline = Pipeline.makeUnsafe(
            Pipeline.retry({ attempts: 4 }),
            Pipeline.gates({ authorization: yield* Authorization }),
          )
          const call = Pipeline.run(pipeline, ({ token }) =>
            Effect.suspend(() => {
              sent.push(token === undefined ? "none" : Redacted.value(token))
              return Effect.fail(failure(Verdict.always({ closes: "authorization" }), "UnauthorizedClient"))
            }),
          )
          yield* inTime(Effect.flip(call))
        }).pipe(Effect.provide(layer))
        assert.deepStrictEqual(sent, ["stale", "fresh 1", "fresh 1", "fresh 1"])
      }).pipe(pinned),
  )
})

const connectivityOf = (world: { down: boolean }) =>
  Connectivity.layer.pipe(
    Layer.provide(
      Layer.succeed(Health, { check: Effect.suspend(() => (world.down ? Effect.fail("no answer") : Effect.void)) }),
    ),
  )

const authorizationOf = (fresh: () => string) =>
  Authorization.layer.pipe(
    Layer.provide(
      Layer.succeed(Tokens, {
        current: Effect.succeed(Redacted.make("stale")),
        refresh: () => Effect.sync(() => Redacted.make(fresh())),
        signedIn: Effect.never,
      }),
    ),
  )
