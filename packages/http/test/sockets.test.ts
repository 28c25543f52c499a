/**
 * Faults produced by real sockets through the undici layer. The codes in `TransportTable` are those of the running Node and
 * undici, and only these tests notice when they change.
 */
import { createServer as createHttpServer, type RequestListener } from "node:http"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpBody, HttpClient } from "effect/http"
import { Retry } from "@holdfast/core"
import { ResilientClient, ResponseBody } from "@holdfast/http"
import { decode } from "./support/clients.ts"

const withUndici = Effect.provide(NodeHttpClient.layerUndici)

describe("real sockets", () => {
  it.effect("reports ConnectionRefused for a port without a listener, and states that nothing reached the server", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(serve(() => {}))
      assert.deepStrictEqual(yield* fault(url), ["ConnectionRefused", "nothing", "always"])
      assert.deepStrictEqual(yield* fault(url, "POST"), ["ConnectionRefused", "nothing", "always"])
    }).pipe(withUndici),
  )

  it.effect("reports DnsFailure for a host name without an address, and states that nothing reached the server", () =>
    Effect.gen(function* () {
      // A label longer than 63 characters: the resolver rejects it without a request.
      const url = `http://${"x".repeat(64)}.invalid`
      assert.deepStrictEqual(yield* fault(url), ["DnsFailure", "nothing", "always"])
      assert.deepStrictEqual(yield* fault(url, "POST"), ["DnsFailure", "nothing", "always"])
    }).pipe(withUndici),
  )

  it.effect("reports ConnectionReset for a reset before the response, and states that the server may have acted", () =>
    Effect.gen(function* () {
      const url = yield* serve((socket) => socket.once("data", () => socket.resetAndDestroy()))
      assert.deepStrictEqual(yield* fault(url), ["ConnectionReset", "maybe", "always"])
      assert.deepStrictEqual(yield* fault(url, "POST"), ["ConnectionReset", "maybe", "never"])
    }).pipe(withUndici),
  )

  it.effect("reports ConnectionReset for a reset in the middle of the request's body", () =>
    Effect.gen(function* () {
      const url = yield* serve((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const body = HttpBody.uint8Array(new Uint8Array(32 * 1024 * 1024))
      assert.deepStrictEqual(yield* fault(url, "PUT", body), ["ConnectionReset", "maybe", "always"])
      assert.deepStrictEqual(yield* fault(url, "POST", body), ["ConnectionReset", "maybe", "never"])
    }).pipe(withUndici),
  )

  it.effect("reports ConnectionReset if the connection closes after the whole request, without a response", () =>
    Effect.gen(function* () {
      const url = yield* serveHttp((request, response) => {
        request.resume()
        request.on("end", () => response.socket?.end())
      })
      const body = HttpBody.uint8Array(new Uint8Array(100_000))
      assert.deepStrictEqual(yield* fault(url, "PUT", body), ["ConnectionReset", "maybe", "always"])
      assert.deepStrictEqual(yield* fault(url, "POST", body), ["ConnectionReset", "maybe", "never"])
    }).pipe(withUndici),
  )

  it.effect(
    "reports TruncatedBody after a close and after a reset, both for a response with a length and for a chunked response",
    () =>
      Effect.gen(function* () {
        const heads = ['content-length: 100\r\n\r\n{"a":', 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n']
        for (const status of ["200 OK", "409 Conflict"]) {
          for (const head of heads) {
            for (const end of ["end", "resetAndDestroy"] as const) {
              const url = yield* serve((socket) =>
                socket.once("data", () => socket.write(`HTTP/1.1 ${status}\r\n${head}`, () => void socket[end]())),
              )
              assert.deepStrictEqual(
                yield* fault(url),
                ["TruncatedBody", "maybe", "always"],
                `${status} ${head} ${end}`,
              )
            }
          }
        }
      }).pipe(withUndici),
  )

  it.effect(
    "reports TransportFailure for a response that is not HTTP, and ConnectionReset for a response that is truncated in its headers",
    () =>
      Effect.gen(function* () {
        const ssh = yield* serve((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH\r\n")))
        assert.deepStrictEqual(yield* fault(ssh), ["TransportFailure", "maybe", "always"])
        const head = yield* serve((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-le")))
        assert.deepStrictEqual(yield* fault(head), ["ConnectionReset", "maybe", "always"])
      }).pipe(withUndici),
  )

  it.effect("reports TlsFailure for TLS to a port without TLS, and states that nothing reached the server", () =>
    Effect.gen(function* () {
      const http = yield* serveHttp((_, response) => void response.end("hello"))
      assert.deepStrictEqual(yield* fault(http.replace("http:", "https:"), "POST"), ["TlsFailure", "nothing", "always"])
      const greeting = yield* serve((socket) => void socket.write("220 mail.test ESMTP, at your service\r\n"))
      assert.deepStrictEqual(yield* fault(greeting.replace("http:", "https:"), "POST"), [
        "TlsFailure",
        "nothing",
        "always",
      ])
      const closing = yield* serve((socket) => void socket.end())
      assert.deepStrictEqual(yield* fault(closing.replace("http:", "https:"), "POST"), [
        "TlsFailure",
        "nothing",
        "always",
      ])
    }).pipe(withUndici),
  )

  it.effect("reports TransportFailure for a header that cannot be sent, and does not retry the request", () =>
    Effect.gen(function* () {
      const inner = yield* HttpClient.HttpClient
      const url = yield* serveHttp((_, response) => void response.end())
      const client = ResilientClient.make(inner, { decode, retry: oneAttempt })
      const error = yield* Effect.flip(client.get(url, { headers: { "x-name": "two\nlines" } }))
      assert.deepStrictEqual(
        [error._tag, error.verdict.retry, error.verdict.change],
        ["TransportFailure", "never", "plan"],
      )
    }).pipe(withUndici),
  )

  it.effect("passes errors with headers and body to the decoder, keeps a JSON success, and reuses connections", () =>
    Effect.gen(function* () {
      let connections = 0
      const url = yield* serveHttp(
        (request, response) => {
          request.resume()
          if (request.url === "/bad") {
            response.writeHead(409, { "content-type": "application/json", "retry-after": "3" }).end('{"code":409}')
          } else response.writeHead(200, { "content-type": "application/json", "x-note": "naïve" }).end('{"ok":true}')
        },
        () => connections++,
      )
      const client = ResilientClient.make(yield* HttpClient.HttpClient, { decode, json: true, retry: oneAttempt })
      for (let i = 0; i < 50; i++) {
        const response = yield* client.get(`${url}/good`)
        const decoded = yield* ResponseBody.decodeJson(Schema.Struct({ ok: Schema.Boolean }))(response)
        assert.deepStrictEqual(decoded, { ok: true })
        const error = yield* Effect.flip(client.get(`${url}/bad`))
        assert.strictEqual(error._tag, "VendorError")
        if (error._tag === "VendorError") {
          assert.deepStrictEqual([error.answer.status, error.answer.body], [409, '{"code":409}'])
          assert.strictEqual(error.answer.headers["retry-after"], "3")
        }
      }
      // undici opens a second connection if the first is not yet idle, and then alternates.
      assert.isAtMost(connections, 2)
    }).pipe(withUndici),
  )

  it.effect("reads an endless error body up to 64 KiB, and discards the rest", () =>
    Effect.gen(function* () {
      const url = yield* serveHttp((_, response) => {
        response.writeHead(500)
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(16_384)));
        }
        response.on("drain", more)
        more()
      })
      const client = ResilientClient.make(yield* HttpClient.HttpClient, { decode, retry: oneAttempt })
      const error = yield* Effect.flip(client.get(url))
      assert.strictEqual(error._tag === "VendorError" ? error.answer.body.length : error._tag, 65_536)
    }).pipe(withUndici),
  )
})

const oneAttempt = Retry.policy({ attempts: 1 })

/** The result of one attempt: tag, `reached`, and whether it would be retried. */
const fault = (url: string, method: "GET" | "PUT" | "POST" = "GET", body: HttpBody.HttpBody = HttpBody.empty) =>
  Effect.gen(function* () {
    const client = ResilientClient.make(yield* HttpClient.HttpClient, { decode, json: true, retry: oneAttempt })
    const send = { GET: client.get, PUT: client.put, POST: client.post }[method].bind(client)
    const error = yield* Effect.flip(send(`${url}/?signature=hidden`, method === "GET" ? {} : { body }))
    assert.notInclude(JSON.stringify(error), "hidden")
    return [error._tag, "reached" in error ? error.reached : undefined, error.verdict.retry] as ReadonlyArray<unknown>
  })

/** A server on a free loopback port for the duration of the scope; returns its URL. */
const listen = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      const sockets = new Set<Socket>()
      server.on("connection", (socket: Socket) => {
        sockets.add(socket.on("error", () => {}))
      })
      server.on("close", () => sockets.forEach((socket) => socket.destroy()))
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
      )
    }),
    () => Effect.sync(() => void server.close()),
  )

const serve = (onConnection: (socket: Socket) => unknown) => listen(createServer((socket) => void onConnection(socket)))

const serveHttp = (onRequest: RequestListener, onConnection: () => void = () => {}) => {
  const server = createHttpServer(onRequest)
  server.on("connection", onConnection)
  return listen(server)
}
