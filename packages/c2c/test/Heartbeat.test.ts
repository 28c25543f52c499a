import { assert, describe, it } from "@effect/vitest"
import { C2cClient, Heartbeat } from "@holdfast/c2c"
import { Context, Effect, Exit, Fiber, Layer, Metric, Scope } from "effect"
import * as Api from "./support/fakeApi.ts"

const beat = "POST /v2/devices/heartbeat"
const me = "GET /v2/devices/me"

describe("Heartbeat", () => {
  it.effect("sends a heartbeat every 120 s if no other call is made", () =>
    Effect.gen(function* () {
      const api = Api.make(() => undefined)
      yield* Api.advance("8 minutes").pipe(Effect.provide(Api.layer(api)))
      assert.deepStrictEqual(api.times(beat), [120, 240, 360, 480])
    }),
  )

  it.effect("does not send a heartbeat within 60 s of another call", () =>
    Effect.gen(function* () {
      const api = Api.make(() => undefined)
      yield* Effect.gen(function* () {
        const client = yield* C2cClient
        yield* Api.advance("100 seconds")
        yield* Effect.forkChild(client.me)
        yield* Api.advance("400 seconds")
      }).pipe(Effect.provide(Api.layer(api)))
      assert.deepStrictEqual(api.times(me), [100])
      assert.deepStrictEqual(api.times(beat), [160, 280, 400])
    }),
  )

  it.effect(
    "sends no heartbeats while other calls are being made, but sends them during a chunk that takes 7 minutes",
    () =>
      Effect.gen(function* () {
        const api = Api.make(() => undefined)
        yield* Effect.gen(function* () {
          const client = yield* C2cClient
          // A call every 30 s until 300 s; then one chunk is in flight to S3, and the API receives nothing.
          for (let n = 0; n < 10; n++) {
            yield* Api.advance("30 seconds")
            yield* Effect.forkChild(client.me)
          }
          yield* Api.advance("7 minutes")
        }).pipe(Effect.provide(Api.layer(api)))
        assert.strictEqual(api.times(me).at(-1), 300)
        assert.deepStrictEqual(api.times(beat), [360, 480, 600, 720])
      }),
  )

  it.effect("sends the next heartbeat 60 s after a failure of any kind", () =>
    Effect.gen(function* () {
      const answers = [new Response("", { status: 500 }), "reset", Api.simple(400, "nobody knows"), "hang"] as const
      const api = Api.make((route, n) => (route === beat ? answers[n] : undefined))
      yield* Api.advance("10 minutes").pipe(Effect.provide(Api.layer(api)))
      // The heartbeat that hangs from 300 s on times out after 15 s, which is its last sign of life.
      assert.deepStrictEqual(api.times(beat), [120, 180, 240, 300, 375, 495])
    }),
  )

  it.effect("does not send heartbeats while the API is unreachable", () =>
    Effect.gen(function* () {
      const api = Api.make((route, _, { at }) =>
        route === "GET /health" && at > 0 && at < 300_000
          ? "refused"
          : route === me
            ? new Response("", { status: 502 })
            : undefined,
      )
      yield* Effect.gen(function* () {
        const client = yield* C2cClient
        yield* Api.advance("10 seconds")
        const call = yield* Effect.forkChild(client.me)
        yield* Api.advance("280 seconds")
        yield* Fiber.interrupt(call)
        yield* Api.advance("200 seconds")
      }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
      const reopened = api.times("GET /health").find((at) => at >= 300)
      assert.deepStrictEqual(api.times(beat), [reopened, reopened! + 120])
    }),
  )

  it.effect("stops when its layer closes, together with all other fibers of the client", () =>
    Effect.gen(function* () {
      const api = Api.make((route) => (route === me ? "hang" : undefined))
      const fibers = { alive: 0, started: 0 }
      const scope = yield* Scope.make()
      yield* Effect.gen(function* () {
        const context = yield* Layer.buildWithScope(Api.layer(api), scope)
        yield* Api.advance("5 minutes")
        // The layer closes while a call waits for its response: a rejection would start a poller.
        const call = yield* Effect.forkChild(Context.get(context, C2cClient).me)
        yield* Api.advance("5 seconds")
        assert.isAtLeast(fibers.alive, 2)
        yield* Scope.close(scope, Exit.void)
        yield* Fiber.interrupt(call)
        assert.strictEqual(fibers.alive, 0)
      }).pipe(
        Effect.provideService(Metric.FiberRuntimeMetrics, {
          recordFiberStart: () => {
            fibers.alive++
            fibers.started++
          },
          recordFiberEnd: () => {
            fibers.alive--
          },
        }),
      )
      const before = api.seen.length
      yield* Api.advance("10 minutes")
      assert.strictEqual(api.seen.length, before)
    }),
  )
})

describe("Heartbeat.dueAt", () => {
  it("the next heartbeat is due 120 s after a successful heartbeat, 60 s after a failed heartbeat and 60 s after any other call", () => {
    assert.strictEqual(Heartbeat.dueAt(0, false, Number.NEGATIVE_INFINITY), 120_000)
    assert.strictEqual(Heartbeat.dueAt(0, true, Number.NEGATIVE_INFINITY), 60_000)
    assert.strictEqual(Heartbeat.dueAt(0, false, 100_000), 160_000)
    assert.strictEqual(Heartbeat.dueAt(0, true, 15_000), 75_000)
  })
})
