/** Connections to real servers on loopback that misbehave, with both WebSocket clients that Node programs use. */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeWS from "@effect/platform-node/NodeWS"
import { assert, describe, it } from "@effect/vitest"
import type { DeviceSocketLost } from "@holdfast/c2c"
import { Effect, Layer, Redacted } from "effect"
import * as Socket from "effect/socket/Socket"
import { createServer, type Server } from "node:http"
import { inspect } from "node:util"
import * as Connection from "../../src/internal/socket/connection.ts"

const token = "se+cret/token"
const topic = "devices:d1"

/** The package `ws`, which ends a connection on a large frame before it has received the frame. */
const ws = Layer.succeed(Socket.WebSocketConstructor, (url, options) => {
  const headers = typeof options === "object" && "headers" in options ? options.headers : undefined
  return new NodeWS.WebSocket(url, {
    maxPayload: 64 * 1024,
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  }) as unknown as Socket.WebSocketLike
})

const clients = [
  ["the WebSocket of Node", NodeSocket.layerWebSocketConstructor],
  ["the package ws", ws],
] as const

/** Runs a server until the test ends. */
const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`))
      })
    }),
    () =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      }),
  )

/** A server that accepts connections and answers the join; then `act` decides. */
const accepting = (act: (client: NodeWS.WebSocket) => void) => {
  const server = createServer()
  const sockets = new NodeWS.WebSocketServer({ server })
  sockets.on("connection", (client) => {
    client.on("error", () => {})
    client.on("message", (data) => {
      const { ref } = JSON.parse(String(data)) as { ref: string }
      client.send(JSON.stringify({ topic, event: "phx_reply", payload: { status: "ok" }, ref }))
      act(client)
    })
  })
  server.on("close", () => sockets.clients.forEach((client) => client.terminate()))
  return listening(server)
}

const refusing = listening(
  createServer((_, response) => {
    response.writeHead(403).end("no")
  }).on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")),
)

const run = (api: string, client: (typeof clients)[number][1]) =>
  Effect.gen(function* () {
    const seen = { joined: 0, replies: 0, statuses: [] as Array<unknown> }
    const lost: DeviceSocketLost = yield* Effect.flip(
      Connection.run({
        api,
        token: Redacted.make(token),
        headers: { "x-client-version": "1.0.0" },
        topic,
        isCurrent: Effect.succeed(true),
        onJoined: Effect.sync(() => void seen.joined++),
        onReply: Effect.sync(() => void seen.replies++),
        onStatus: (payload) => Effect.sync(() => void seen.statuses.push(payload)),
      }),
    ).pipe(Effect.provide(client))
    const text = inspect(lost, { depth: 9, showHidden: true }) + lost.message + (lost.stack ?? "")
    for (const spelling of [token, encodeURIComponent(token), "se+cret", "se%2Bcret"]) assert.notInclude(text, spelling)
    return { ...seen, lost }
  })

describe.each(clients)("a connection of the device socket with %s", (name, client) => {
  it.live("ends if the handshake is rejected", () =>
    Effect.gen(function* () {
      const { lost } = yield* run(yield* refusing, client)
      assert.strictEqual(lost.reason, "not-opened")
      if (name === "the package ws") assert.strictEqual(lost.status, 403)
    }).pipe(Effect.scoped),
  )

  it.live("ends if no server is listening", () =>
    Effect.gen(function* () {
      const { lost } = yield* run("http://127.0.0.1:1", client)
      assert.strictEqual(lost.reason, "not-opened")
      if (name === "the package ws") assert.strictEqual(lost.network, "ECONNREFUSED")
    }),
  )

  it.live.each<readonly [string, (client: NodeWS.WebSocket) => void, string]>([
    ["closes it with a reason", (socket) => socket.close(4001, `token ${token}`), "closed"],
    ["terminates it", (socket) => setTimeout(() => socket.terminate(), 20), "broken"],
    ["sends a frame of 70 KB", (socket) => socket.send("x".repeat(70_000)), "frame-too-large"],
    ["sends a frame of 8 MB", (socket) => socket.send(Buffer.alloc(8_000_000)), "frame-too-large"],
    [
      "sends 5 000 frames",
      (socket) => {
        for (let n = 0; n < 5000; n++) socket.send('{"topic":"x","event":"y"}')
      },
      "flooded",
    ],
    [
      "sends 2 MB in frames of 60 KB",
      (socket) => {
        for (let n = 0; n < 35; n++) socket.send("x".repeat(60_000))
      },
      "flooded",
    ],
  ])("ends if the server %s", ([, act, reason]) =>
    Effect.gen(function* () {
      const { joined, lost } = yield* run(yield* accepting(act), client)
      assert.strictEqual(lost.reason, reason)
      assert.isAtMost(joined, 1)
    }).pipe(Effect.scoped),
  )

  it.live("reads a status between frames that do not belong to the protocol", () =>
    Effect.gen(function* () {
      const { joined, replies, statuses } = yield* run(
        yield* accepting((socket) => {
          socket.send("garbage")
          socket.send(Buffer.from([0xff, 0x00]))
          socket.send(JSON.stringify({ topic, event: "status_updated", payload: { status: "paused" }, ref: null }))
          socket.close(1000)
        }),
        client,
      )
      assert.deepStrictEqual([joined, replies, statuses], [1, 1, [{ status: "paused" }]])
    }).pipe(Effect.scoped),
  )
})
