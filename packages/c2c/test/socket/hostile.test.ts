import { assert, describe, it } from "@effect/vitest"
import { DeviceSocket, type DeviceStatus } from "@holdfast/c2c"
import { Connectivity } from "@holdfast/core"
import { Effect, Layer, SubscriptionRef } from "effect"
import * as Api from "../support/fakeApi.ts"
import * as Fake from "../support/fakeSocket.ts"

const topic = "devices:d1"
const paused = { event: "status_updated", payload: { status: "paused" }, ref: null }

const layer = (api: Api.FakeApi, server: ReturnType<typeof Fake.make>) =>
  DeviceSocket.layer.pipe(Layer.provideMerge(Layer.mergeAll(Api.layer(api), Api.config, server.layer)))

interface Outcome {
  readonly status: DeviceStatus
  readonly reason: string | undefined
  readonly closed: number
}

/** Lets the first connection misbehave for 20 s, and reports what the device shows. Later connections are refused. */
const meet = (script: Fake.Script, api = Api.make(() => undefined), then = Fake.refusing) => {
  const server = Fake.make((n) => (n === 0 ? script : then))
  let first: string | undefined
  return Effect.gen(function* () {
    const socket = yield* DeviceSocket
    const { gate } = yield* Connectivity
    for (let n = 0; n < 200; n++) {
      yield* Api.advance("100 millis")
      const failure = yield* SubscriptionRef.get(socket.failure)
      if (first === undefined && failure !== undefined) first = "reason" in failure ? failure.reason : failure._tag
    }
    const outcome: Outcome = {
      status: yield* SubscriptionRef.get(socket.status),
      reason: first,
      closed: (yield* gate.stats).closed,
    }
    return { ...outcome, server, api }
  }).pipe(Effect.provide(layer(api, server)), Api.noJitter)
}

/** Accepts the join, and then does something else. */
const afterJoin = (act: (socket: Fake.FakeSocket) => void): Fake.Script => ({
  onConnect: (socket) => socket.open(),
  onSend: (socket, frame) => {
    socket.receive(Fake.reply(frame))
    if (frame.event === "phx_join") setImmediate(() => act(socket))
  },
})

describe("a hostile server of the device socket", () => {
  it.effect.each<readonly [string, Fake.Script, string]>([
    ["never opens the connection", {}, "open-timeout"],
    ["never answers the join", { onConnect: (socket) => socket.open() }, "join-timeout"],
    [
      "answers another frame than the join",
      {
        onConnect: (socket) => socket.open(),
        onSend: (socket, frame) => socket.receive({ ...Fake.reply(frame), ref: "77" }),
      },
      "join-timeout",
    ],
    [
      "answers the join for another topic",
      {
        onConnect: (socket) => socket.open(),
        onSend: (socket, frame) => socket.receive({ ...Fake.reply(frame), topic: "devices:d2" }),
      },
      "join-timeout",
    ],
    [
      "rejects the join",
      {
        onConnect: (socket) => socket.open(),
        onSend: (socket, frame) => socket.receive(Fake.reply(frame, "error")),
      },
      "join-rejected",
    ],
    [
      "closes the connection right after opening it",
      {
        onConnect: (socket) => {
          socket.open()
          setImmediate(() => socket.end(1000))
        },
      },
      "closed",
    ],
    ["breaks the connection after the join", afterJoin((socket) => socket.fail()), "broken"],
    [
      "closes the channel",
      afterJoin((socket) => socket.receive({ topic, event: "phx_close", payload: {} })),
      "channel-closed",
    ],
    [
      "lets the channel crash",
      afterJoin((socket) => socket.receive({ topic, event: "phx_error", payload: {} })),
      "channel-closed",
    ],
    ["sends an oversized text", afterJoin((socket) => socket.receive("x".repeat(70_000))), "frame-too-large"],
    [
      "sends an oversized status",
      afterJoin((socket) =>
        socket.receive({ topic, ...paused, payload: { status: "paused", filler: "x".repeat(70_000) } }),
      ),
      "frame-too-large",
    ],
    [
      "floods the device with frames",
      afterJoin((socket) => {
        for (let n = 0; n < 1100; n++) socket.receive({ topic: "other", ...paused })
      }),
      "flooded",
    ],
    [
      "floods the device with bytes",
      afterJoin((socket) => {
        const send = (n: number): void => {
          socket.receive("y".repeat(60_000))
          if (n > 0) setImmediate(() => send(n - 1))
        }
        send(20)
      }),
      "flooded",
    ],
    [
      "sends more than the buffer holds",
      afterJoin((socket) => {
        for (let n = 0; n < 10; n++) socket.receive("y".repeat(60_000))
      }),
      "flooded",
    ],
  ])("that %s ends the connection, but closes no gate", ([, script, reason]) =>
    Effect.gen(function* () {
      const { closed, reason: seen, server, status } = yield* meet(script)
      assert.strictEqual(seen, reason)
      assert.strictEqual(status, "unknown")
      assert.strictEqual(closed, 0)
      assert.isAtLeast(server.sockets.length, 2)
      assert.isDefined(server.sockets[0]?.closedWith)
    }),
  )

  it.effect.each<readonly [string, ReadonlyArray<unknown>]>([
    ["text that is not JSON", ["", "pong", "{", '{"topic":', "\u0000"]],
    ["JSON that is not a frame", ["null", "7", "[]", '"x"', "{}", '{"topic":1,"event":"status_updated"}']],
    ["bytes that are not text", [new Uint8Array([0xff, 0xfe, 0])]],
    [
      "keys that belong to every object",
      ['{"topic":"devices:d1","event":"status_updated","payload":{"__proto__":{"status":"paused"}}}'],
    ],
    [
      "a pause of another device",
      [
        { topic: "devices:d2", ...paused },
        { topic: "devices", ...paused },
        { topic: "phoenix", ...paused },
      ],
    ],
    ["an unknown event", [{ topic, event: "comment_added", payload: { status: "paused" } }]],
    [
      "replies to frames that were not sent",
      [
        { topic, event: "phx_reply", ref: "9", payload: { status: "error" } },
        { topic, event: "phx_reply", ref: null, payload: null },
      ],
    ],
  ])("that sends %s is ignored", ([, frames]) =>
    Effect.gen(function* () {
      const { server, status } = yield* meet(
        afterJoin((socket) => {
          for (const frame of frames) socket.receive(frame)
        }),
      )
      assert.strictEqual(status, "online")
      assert.strictEqual(server.sockets.length, 1)
    }),
  )

  it.effect("accepts 900 frames every 16 s, which is below the limit", () =>
    Effect.gen(function* () {
      const server = Fake.make()
      yield* Effect.gen(function* () {
        for (let n = 0; n < 4; n++) {
          yield* Api.advance("16 seconds")
          for (let frames = 0; frames < 900; frames++) server.last().receive("{}")
        }
        yield* Api.advance("1 second")
      }).pipe(
        Effect.provide(
          layer(
            Api.make(() => undefined),
            server,
          ),
        ),
        Api.noJitter,
      )
      assert.strictEqual(server.sockets.length, 1)
    }),
  )

  it.effect("reads a pause that arrives in a binary frame", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(JSON.stringify({ topic, ...paused }))
      const { status } = yield* meet(afterJoin((socket) => socket.receive(bytes)))
      assert.strictEqual(status, "paused")
    }),
  )

  it.effect("joins with the device's other id after a rejected join", () =>
    Effect.gen(function* () {
      const api = Api.make((route) =>
        route === "GET /v2/devices/me" ? Api.json(200, { id: "project-device", device_id: "device" }) : undefined,
      )
      const rejectsOne: Fake.Script = {
        onConnect: (socket) => socket.open(),
        onSend: (socket, frame) => socket.receive(Fake.reply(frame, frame.topic === "devices:device" ? "error" : "ok")),
      }
      const { server, status } = yield* meet(rejectsOne, api, rejectsOne)
      assert.strictEqual(status, "online")
      assert.deepStrictEqual(
        server.sockets.map(({ sent }) => sent[0]?.topic),
        ["devices:device", "devices:project-device"],
      )
    }),
  )

  it.effect("sends few heartbeats to a server that reads nothing, because each connection ends after 60 s", () =>
    Effect.gen(function* () {
      const deaf: Fake.Script = {
        onConnect: (socket) => socket.open(),
        onSend: (socket, frame) => (frame.event === "phx_join" ? socket.receive(Fake.reply(frame)) : undefined),
      }
      const server = Fake.make(() => deaf)
      yield* Api.advance("5 minutes").pipe(
        Effect.provide(
          layer(
            Api.make(() => undefined),
            server,
          ),
        ),
        Api.noJitter,
      )
      assert.deepStrictEqual(server.times(), [0, 60.5, 121, 181.5, 242])
      for (const { sent } of server.sockets) assert.isAtMost(sent.length, 5)
    }),
  )
})
