import { assert, describe, it } from "@effect/vitest"
import { C2cClient, DeviceSocket } from "@holdfast/c2c"
import { Authorization, Connectivity } from "@holdfast/core"
import { Effect, Exit, Fiber, Layer, Metric, Scope, Stream, SubscriptionRef } from "effect"
import * as Api from "./support/fakeApi.ts"
import * as Fake from "./support/fakeSocket.ts"

const me = "GET /v2/devices/me"
const beat = "POST /v2/devices/heartbeat"
const topic = "devices:d1"

const device = (status: string, rest: object = {}) => Api.json(200, { id: "d1", status, channels: [], ...rest })

const layer = (api: Api.FakeApi, server: ReturnType<typeof Fake.make>, store?: Parameters<typeof Api.layer>[1]) =>
  DeviceSocket.layer.pipe(Layer.provideMerge(Layer.mergeAll(Api.layer(api, store), Api.config, server.layer)))

const status = Effect.flatMap(DeviceSocket, ({ status }) => SubscriptionRef.get(status))
const failure = Effect.flatMap(DeviceSocket, ({ failure }) => SubscriptionRef.get(failure))

const updated = (value: unknown) => ({ topic, event: "status_updated", payload: value, ref: null })

describe("DeviceSocket", () => {
  it.effect("joins the topic of the device with the token in the query, and sends a heartbeat every 15 s", () =>
    Effect.gen(function* () {
      const [api, server] = [Api.make(() => undefined), Fake.make()]
      yield* Effect.gen(function* () {
        yield* Api.advance("50 seconds")
        assert.strictEqual(yield* status, "online")
        assert.strictEqual(yield* failure, undefined)
      }).pipe(Effect.provide(layer(api, server)))
      assert.strictEqual(server.sockets.length, 1)
      const { headers, sent, url } = server.last()
      assert.strictEqual(url, "wss://api.example/devices/websocket?Authorization=Bearer%20access-1")
      assert.strictEqual(headers["x-client-version"], "2.0.0")
      assert.match(headers["user-agent"] ?? "", /^holdfast-c2c\//)
      assert.deepStrictEqual(
        sent.map(({ at, topic, event }) => [at, topic, event]),
        [
          [0, topic, "phx_join"],
          [15, "phoenix", "heartbeat"],
          [30, "phoenix", "heartbeat"],
          [45, "phoenix", "heartbeat"],
        ],
      )
      assert.strictEqual(new Set(sent.map(({ ref }) => ref)).size, 4)
    }),
  )

  it.effect("reports a pause and its end, and holds callers of awaitNotPaused in between", () =>
    Effect.gen(function* () {
      const [api, server] = [Api.make(() => undefined), Fake.make()]
      yield* Effect.gen(function* () {
        const socket = yield* DeviceSocket
        const seen = yield* Effect.forkChild(Stream.runCollect(Stream.take(socket.changes, 4)))
        yield* Api.advance("5 seconds")
        yield* socket.awaitNotPaused
        server.last().receive(updated({ status: "paused" }))
        yield* Api.advance("1 second")
        const waiting = yield* Effect.forkChild(socket.awaitNotPaused)
        yield* Api.advance("10 minutes")
        assert.strictEqual(waiting.pollUnsafe(), undefined)
        server.last().receive(updated({ status: "online" }))
        yield* Api.advance("1 second")
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(waiting)))
        assert.deepStrictEqual([...(yield* Fiber.join(seen))], ["unknown", "online", "paused", "online"])
      }).pipe(Effect.provide(layer(api, server)))
      assert.strictEqual(server.sockets.length, 1)
    }),
  )

  it.effect("notices a pause that began between the response of the API and the join", () =>
    Effect.gen(function* () {
      const api = Api.make((route, n) => (route === me ? device(n === 0 ? "offline" : "paused") : undefined))
      yield* Effect.gen(function* () {
        yield* Api.advance("1 second")
        assert.strictEqual(yield* status, "paused")
      }).pipe(Effect.provide(layer(api, Fake.make())))
      assert.deepStrictEqual(api.times(me), [0, 0])
    }),
  )

  it.effect("holds callers of awaitNotPaused until the API has said whether the device is paused", () =>
    Effect.gen(function* () {
      const api = Api.make((route, n) =>
        route === me ? (n < 2 ? new Response("", { status: 503 }) : device("paused")) : undefined,
      )
      yield* Effect.gen(function* () {
        const waiting = yield* Effect.forkChild(Effect.flatMap(DeviceSocket, (socket) => socket.awaitNotPaused))
        yield* Api.advance("20 seconds")
        assert.strictEqual(waiting.pollUnsafe(), undefined)
        assert.strictEqual(yield* status, "paused")
      }).pipe(Effect.provide(layer(api, Fake.make())))
    }),
  )

  it.effect("holds callers of awaitNotPaused for at most 30 s if the API responds, but not to the question", () =>
    Effect.gen(function* () {
      const api = Api.make((route) => (route === me ? Api.json(429, {}) : undefined))
      yield* Effect.gen(function* () {
        const waiting = yield* Effect.forkChild(Effect.flatMap(DeviceSocket, (socket) => socket.awaitNotPaused))
        yield* Api.advance("29 seconds")
        assert.strictEqual(waiting.pollUnsafe(), undefined)
        yield* Api.advance("2 seconds")
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(waiting)))
        assert.strictEqual(yield* status, "unknown")
      }).pipe(Effect.provide(layer(api, Fake.make())))
    }),
  )

  it.effect("prefers a report on the socket to the response to an earlier request", () =>
    Effect.gen(function* () {
      // The third call is answered only after a retry, 0.5 s later.
      const api = Api.make((route, n) => (route === me ? (n === 2 ? "reset" : device("online")) : undefined))
      const server = Fake.make()
      yield* Effect.gen(function* () {
        yield* Api.advance("20 seconds")
        server.last().receive(updated("unreadable"))
        yield* Api.advance("200 millis")
        server.last().receive(updated({ status: "paused" }))
        yield* Api.advance("5 seconds")
        assert.isAtLeast(api.times(me).length, 4)
        assert.strictEqual(yield* status, "paused")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
    }),
  )

  it.effect("waits at the connectivity gate that another call has closed", () =>
    Effect.gen(function* () {
      const api = Api.make((_, __, { at }) => (at >= 20_000 && at < 60_000 ? "refused" : undefined))
      const server = Fake.make()
      yield* Effect.gen(function* () {
        const client = yield* C2cClient
        yield* Api.advance("20 seconds")
        yield* Effect.forkChild(client.me)
        yield* Api.advance("1 second")
        server.last().end(1001)
        yield* Api.advance("100 seconds")
        assert.strictEqual(yield* status, "online")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
      assert.strictEqual(server.sockets.length, 2)
      assert.isAtLeast(server.last().at, 60)
    }),
  )

  it.effect("calls the API at most once in 15 s after reports that it cannot read", () =>
    Effect.gen(function* () {
      const api = Api.make((route, n) => (route === me ? device(n < 3 ? "online" : "paused") : undefined))
      const server = Fake.make()
      yield* Effect.gen(function* () {
        yield* Api.advance("20 seconds")
        assert.deepStrictEqual(api.times(me), [0, 0])
        for (let n = 0; n < 50; n++) server.last().receive(updated([{}, "paused", { status: "sleeping" }, null][n % 4]))
        yield* Api.advance("40 seconds")
        assert.deepStrictEqual(api.times(me), [0, 0, 20, 35])
        assert.strictEqual(yield* status, "paused")
      }).pipe(Effect.provide(layer(api, server)))
    }),
  )

  it.effect(
    "calls the API once a minute during a pause, in case it cannot recognize the report of the pause's end",
    () =>
      Effect.gen(function* () {
        const api = Api.make((route, _, { at }) =>
          route === me ? device(at < 150_000 ? "paused" : "online") : undefined,
        )
        const server = Fake.make()
        yield* Effect.gen(function* () {
          yield* Api.advance("100 seconds")
          server.last().receive({ topic, event: "device_resumed", payload: {} })
          yield* Api.advance("40 seconds")
          assert.strictEqual(yield* status, "paused")
          yield* Api.advance("60 seconds")
          assert.strictEqual(yield* status, "online")
          yield* Api.advance("5 minutes")
        }).pipe(Effect.provide(layer(api, server)))
        assert.deepStrictEqual(api.times(me), [0, 0, 75, 150])
      }),
  )

  it.effect("treats 60 s without any frame as a lost connection and connects again", () =>
    Effect.gen(function* () {
      const answersOnce: Fake.Script = {
        ...Fake.calm,
        onSend: (socket, frame) => (frame.event === "phx_join" ? socket.receive(Fake.reply(frame)) : undefined),
      }
      const [api, server] = [Api.make(() => undefined), Fake.make((n) => (n === 0 ? answersOnce : Fake.calm))]
      yield* Effect.gen(function* () {
        yield* Api.advance("60 seconds")
        assert.strictEqual(yield* status, "unknown")
        assert.propertyVal(yield* failure, "reason", "silent")
        yield* Api.advance("1 second")
        assert.strictEqual(yield* status, "online")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
      assert.deepStrictEqual(server.times(), [0, 60.5])
      assert.strictEqual(server.sockets[0]?.closedWith, 1000)
    }),
  )

  it.effect("keeps the connectivity gate open and the REST heartbeat going while only the socket is blocked", () =>
    Effect.gen(function* () {
      const [api, server] = [Api.make(() => undefined), Fake.make(() => Fake.refusing)]
      yield* Effect.gen(function* () {
        const { gate } = yield* Connectivity
        yield* Api.advance("10 minutes")
        assert.strictEqual((yield* gate.stats).closed, 0)
        assert.strictEqual(yield* status, "unknown")
        assert.propertyVal(yield* failure, "reason", "not-opened")
        yield* Effect.flatMap(DeviceSocket, (socket) => socket.awaitNotPaused)
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
      assert.deepStrictEqual(server.times().slice(0, 9), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 95.5])
      assert.deepStrictEqual(api.times(me), [0, 0.5, 63.5, 127.5, 191.5, 255.5, 319.5, 383.5, 447.5, 511.5, 575.5])
      assert.deepStrictEqual(api.times(beat), [123.5, 251.5, 379.5, 507.5])
    }),
  )

  it.effect("learns of a pause from the API while the socket is blocked", () =>
    Effect.gen(function* () {
      const api = Api.make((route, _, { at }) =>
        route === me ? device(at >= 30_000 && at < 90_000 ? "paused" : "offline") : undefined,
      )
      yield* Effect.gen(function* () {
        const seen = yield* Effect.forkChild(
          Effect.flatMap(DeviceSocket, ({ changes }) => Stream.runCollect(Stream.take(changes, 3))),
        )
        yield* Api.advance("3 minutes")
        assert.deepStrictEqual([...(yield* Fiber.join(seen))], ["unknown", "paused", "unknown"])
      }).pipe(
        Effect.provide(
          layer(
            api,
            Fake.make(() => Fake.refusing),
          ),
        ),
        Api.noJitter,
      )
    }),
  )

  it.effect(
    "closes the connectivity gate if the API does not respond either, and connects when it responds again",
    () =>
      Effect.gen(function* () {
        const isGone = (at: number) => at >= 20_000 && at < 60_000
        const api = Api.make((_, __, { at }) => (isGone(at) ? "refused" : undefined))
        const server = Fake.make((n) => (n === 1 ? Fake.refusing : Fake.calm))
        yield* Effect.gen(function* () {
          const { gate } = yield* Connectivity
          yield* Api.advance("20 seconds")
          server.last().fail()
          yield* Api.advance("30 seconds")
          assert.isFalse(gate.isOpen())
          assert.strictEqual(yield* status, "unknown")
          yield* Api.advance("50 seconds")
          assert.isTrue(gate.isOpen())
          assert.strictEqual(yield* status, "online")
        }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
        // Nothing is sent while the gate is closed.
        assert.strictEqual(server.sockets.length, 3)
        assert.isAtLeast(server.sockets[2]?.at ?? 0, 60)
      }),
  )

  it.effect("stays paused after the connection is lost, until the API reports otherwise", () =>
    Effect.gen(function* () {
      const api = Api.make((route, n) => (route === me ? device(n < 2 ? "online" : "offline") : undefined))
      const server = Fake.make((n) => (n === 0 ? Fake.calm : n < 3 ? Fake.refusing : Fake.calm))
      yield* Effect.gen(function* () {
        yield* Api.advance("10 seconds")
        server.last().receive(updated({ status: "paused" }))
        yield* Api.advance("1 second")
        server.last().fail()
        yield* Api.advance("600 millis")
        assert.strictEqual(yield* status, "paused")
        yield* Api.advance("1500 millis")
        assert.strictEqual(yield* status, "unknown")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
    }),
  )

  it.effect("does not hold a creation because of an outdated pause if the API cannot be reached", () =>
    Effect.gen(function* () {
      const api = Api.make((route, n) =>
        route === me ? (n < 2 ? device("paused") : Api.detailed(422, "Invalid Argument")) : undefined,
      )
      const server = Fake.make((n) => (n === 0 ? Fake.calm : Fake.refusing))
      yield* Effect.gen(function* () {
        yield* Api.advance("10 seconds")
        assert.strictEqual(yield* status, "paused")
        server.last().fail()
        yield* Api.advance("3 seconds")
        assert.strictEqual(yield* status, "unknown")
        assert.propertyVal(yield* failure, "_tag", "InvalidArgument")
        yield* Effect.flatMap(DeviceSocket, (socket) => socket.awaitNotPaused)
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
    }),
  )

  it.effect("replaces the connection within 15 s after a refresh, and uses the new token", () =>
    Effect.gen(function* () {
      const tokens = { access_token: "access-2", refresh_token: "refresh-2", token_type: "bearer", expires_in: 28_800 }
      const api = Api.make((route, _, { at, bearer }) =>
        route === "POST /v2/auth/token"
          ? Api.json(200, tokens)
          : route === beat || (route === me && at >= 20_000 && bearer === "Bearer access-1")
            ? Api.detailed(401, "Not Authorized")
            : undefined,
      )
      const server = Fake.make()
      yield* Effect.gen(function* () {
        const [client, authorization] = [yield* C2cClient, yield* Authorization]
        yield* Api.advance("20 seconds")
        yield* Effect.forkChild(client.me)
        yield* Api.advance("1 second")
        assert.isTrue(authorization.gate.isOpen())
        yield* Api.advance("10 seconds")
        assert.strictEqual(yield* status, "online")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
      assert.deepStrictEqual(
        server.sockets.map(({ at, url }) => [at, url.split("%20")[1]]),
        [
          [0, "access-1"],
          [30, "access-2"],
        ],
      )
      assert.strictEqual(server.sockets[0]?.closedWith, 1000)
    }),
  )

  it.effect("sends no REST heartbeat while the socket is open, and resumes after the connection is lost", () =>
    Effect.gen(function* () {
      const [api, server] = [Api.make(() => undefined), Fake.make((n) => (n === 0 ? Fake.calm : Fake.refusing))]
      yield* Effect.gen(function* () {
        yield* Api.advance("400 seconds")
        assert.deepStrictEqual(
          api.seen.filter(({ at }) => at > 0),
          [],
        )
        server.last().fail()
        yield* Api.advance("200 seconds")
        assert.deepStrictEqual(api.times(me), [0, 0, 401.5, 463.5, 527.5, 591.5])
        assert.deepStrictEqual(api.times(beat), [461.5, 587.5])
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
    }),
  )

  it.effect("restarts its backoff only after a connection that lasted 60 s", () =>
    Effect.gen(function* () {
      const shut: Fake.Script = {
        ...Fake.calm,
        onSend: (socket, frame) => {
          socket.receive(Fake.reply(frame))
          if (frame.event === "phx_join") setImmediate(() => socket.end(1011))
        },
      }
      const [api, server] = [Api.make(() => undefined), Fake.make((n) => (n === 3 ? Fake.calm : shut))]
      yield* Effect.gen(function* () {
        yield* Api.advance("70 seconds")
        server.last().end(1001)
        yield* Api.advance("2 seconds")
      }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
      assert.deepStrictEqual(server.times(), [0, 0.5, 1.5, 3.5, 70.5, 71.5])
    }),
  )

  it.effect("closes its connection and ends its fibers when the layer closes", () =>
    Effect.gen(function* () {
      const [api, server] = [Api.make(() => undefined), Fake.make()]
      let alive = 0
      const scope = yield* Scope.make()
      yield* Effect.gen(function* () {
        const context = yield* Layer.buildWithScope(layer(api, server), scope)
        yield* Api.advance("20 seconds")
        server.last().receive(updated({ status: "paused" }))
        yield* Api.advance("1 second")
        const waiting = yield* Effect.forkChild(
          Effect.provide(
            Effect.flatMap(DeviceSocket, (socket) => socket.awaitNotPaused),
            context,
          ),
        )
        yield* Api.advance("1 second")
        assert.isAtLeast(alive, 3)
        yield* Scope.close(scope, Exit.void)
        yield* Fiber.await(waiting)
        assert.strictEqual(alive, 0)
      }).pipe(
        Effect.provideService(Metric.FiberRuntimeMetrics, {
          recordFiberStart: () => void alive++,
          recordFiberEnd: () => void alive--,
        }),
      )
      assert.strictEqual(server.last().closedWith, 1000)
      yield* Api.advance("5 minutes")
      assert.strictEqual(server.sockets.length, 1)
    }),
  )
})
