/**
 * The connections of the device socket, over real sockets on this machine.
 */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Redacted, Scope } from "effect"
import * as Socket from "effect/socket/Socket"
import { createHash } from "node:crypto"
import * as Http from "node:http"
import * as Net from "node:net"
import * as DeviceConnections from "../../src/network/DeviceConnections.ts"

/** A server that accepts WebSockets and never answers a frame, not even the close frame. */
const silent = Effect.acquireRelease(
  Effect.callback<{
    port: number
    server: Http.Server
    sockets: Array<Net.Socket>
    headers: Array<Http.IncomingHttpHeaders>
  }>((resume) => {
    const sockets: Array<Net.Socket> = []
    const headers: Array<Http.IncomingHttpHeaders> = []
    const server = Http.createServer({}).on("upgrade", (request, socket: Net.Socket) => {
      const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
      const accept = createHash("sha1").update(key).digest("base64")
      sockets.push(socket)
      headers.push(request.headers)
      socket.on("error", () => {}).resume()
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
      )
    })
    server.listen(0, "127.0.0.1", () =>
      resume(Effect.succeed({ port: (server.address() as Net.AddressInfo).port, server, sockets, headers })),
    )
  }),
  ({ server, sockets }) =>
    Effect.sync(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }),
)

/** A proxy that opens tunnels, and records the hosts. */
const tunnels = Effect.acquireRelease(
  Effect.callback<{ port: number; server: Http.Server; asked: Array<string>; open: Set<Net.Socket> }>((resume) => {
    const asked: Array<string> = []
    const open = new Set<Net.Socket>()
    const server = Http.createServer().on("connect", (request, client: Net.Socket) => {
      asked.push(request.url ?? "")
      const [host = "", port = ""] = (request.url ?? "").split(":")
      const target = Net.connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n")
        client.pipe(target).pipe(client)
      })
      for (const socket of [client, target]) open.add(socket.on("error", () => {}))
    })
    server.listen(0, "127.0.0.1", () =>
      resume(Effect.succeed({ port: (server.address() as Net.AddressInfo).port, server, asked, open })),
    )
  }),
  ({ open, server }) =>
    Effect.sync(() => {
      for (const socket of open) socket.destroy()
      server.close()
    }),
)

/** Waits until the client has ended its first connection. */
const ended = ([socket]: ReadonlyArray<Net.Socket>) =>
  Effect.callback<void>((resume) => {
    if (socket === undefined || socket.readableEnded || socket.closed) return resume(Effect.void)
    const done = () => resume(Effect.void)
    socket.once("end", done).once("close", done)
  })

/** Opens a WebSocket until the scope closes, and returns the reader. */
const connect = (port: number, headers: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const socket = yield* Socket.makeWebSocket(`ws://127.0.0.1:${port}/devices/websocket`, { headers })
    const reader = yield* socket.reader
    // The writer is available when the connection is open.
    const { write } = yield* socket.writer
    yield* write("hello")
    return reader
  })

describe("a connection of the device socket", () => {
  it.live("ends when it is closed, even if the server does not answer the close frame", () =>
    Effect.gen(function* () {
      const { headers, port, sockets } = yield* silent
      yield* Effect.scoped(connect(port, { "x-client-version": "2.0.0" }))
      yield* ended(sockets)
      assert.strictEqual(headers[0]?.["x-client-version"], "2.0.0")
    }).pipe(Effect.provide(DeviceConnections.layer()), Effect.scoped),
  )

  it.live("ends when the layer's scope closes", () =>
    Effect.gen(function* () {
      const { port, sockets } = yield* silent
      const opened = yield* Deferred.make<void>()
      const scope = yield* Scope.make()
      const held = connect(port).pipe(
        Effect.andThen(Deferred.succeed(opened, undefined)),
        Effect.andThen(Effect.never),
        Effect.provide(DeviceConnections.layer()),
        Effect.scoped,
      )
      const fiber = yield* Effect.forkIn(held, scope)
      yield* Deferred.await(opened)
      yield* Scope.close(scope, Exit.void)
      yield* Fiber.await(fiber)
      yield* ended(sockets)
    }).pipe(Effect.scoped),
  )

  it.live("uses the proxy of the HTTP requests, and none for the excepted hosts", () =>
    Effect.gen(function* () {
      const { port } = yield* silent
      const proxy = yield* tunnels
      const http = Redacted.make(`http://127.0.0.1:${proxy.port}`)
      const through = (except: string) =>
        Effect.scoped(connect(port)).pipe(Effect.provide(DeviceConnections.layer({ http, https: http, except })))
      yield* through("localhost")
      assert.deepStrictEqual(proxy.asked, [`127.0.0.1:${port}`])
      yield* through("127.0.0.1")
      assert.lengthOf(proxy.asked, 1)
    }).pipe(Effect.scoped),
  )

  it.live("ends if a message exceeds 64 KiB", () =>
    Effect.gen(function* () {
      const { port, sockets } = yield* silent
      const { pull } = yield* connect(port)
      const header = Buffer.alloc(10)
      header.writeUInt16BE(0x81_7f, 0)
      header.writeBigUInt64BE(70_000n, 2)
      sockets[0]?.write(Buffer.concat([header, Buffer.alloc(70_000, "a")]))
      const exit = yield* Effect.exit(pull)
      assert.isTrue(Exit.isFailure(exit))
    }).pipe(Effect.provide(DeviceConnections.layer()), Effect.scoped),
  )
})
