import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { createServer } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net"
import { DeviceAuthorization, type DeviceAuthorizationOptions } from "@holdfast/oauth"
import { codeAnswer, provider, reveal, tokenAnswer, tokens } from "../support/server.ts"

/** The requests that arrived, as Node's own server saw them. */
interface Seen {
  readonly path: string
  readonly connection: number
  readonly type: string
  readonly length: string | undefined
  readonly body: string
}

/**
 * A server on a real socket. An `impatient` one drops a connection on which a second request arrives, as after idling.
 */
const server = (
  options: {
    readonly impatient?: boolean
    readonly status?: number
    readonly body?: string
    readonly headers?: Record<string, string>
  } = {},
) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly seen: Array<Seen>; readonly close: () => void }>((resume) => {
      const seen: Array<Seen> = []
      const used = new Set<Socket>()
      const http = createServer((request, response) => {
        if (options.impatient === true && used.has(request.socket)) return void request.socket.destroy()
        used.add(request.socket)
        let body = ""
        request.on("data", (chunk: Buffer) => (body += chunk.toString()))
        request.on("end", () => {
          seen.push({
            path: request.url ?? "",
            connection: request.socket.remotePort ?? 0,
            type: request.headers["content-type"] ?? "",
            length: request.headers["content-length"],
            body,
          })
          const answer = request.url === "/code" ? { ...codeAnswer, interval: 1 } : tokenAnswer(1)
          response.writeHead(options.status ?? 200, { "content-type": "application/json", ...options.headers })
          response.end(options.body ?? JSON.stringify(answer))
        })
      })
      http.listen(0, "127.0.0.1", () => {
        const { port } = http.address() as AddressInfo
        const close = () => {
          http.closeAllConnections()
          http.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, seen, close }))
      })
    }),
    ({ close }) => Effect.sync(close),
  )

/** A socket that sends one response to any request. */
const scriptedSocket = (text: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const sockets = new Set<Socket>()
      const tcp = createTcpServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.once("data", () => socket.end(text))
      })
      tcp.listen(0, "127.0.0.1", () => {
        const { port } = tcp.address() as AddressInfo
        const close = () => {
          for (const socket of sockets) socket.destroy()
          tcp.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close }))
      })
    }),
    ({ close }) => Effect.sync(close),
  )

const clients = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "node:http": NodeHttpClient.layerNodeHttp,
}

const over = (
  url: string,
  options: Partial<DeviceAuthorizationOptions> = {},
  client: Layer.Layer<HttpClient.HttpClient> = NodeHttpClient.layerUndici,
) =>
  DeviceAuthorization.layer({
    ...provider,
    deviceEndpoint: `${url}/code`,
    tokenEndpoint: `${url}/token`,
    revokeEndpoint: `${url}/revoke`,
    ...options,
  }).pipe(Layer.provideMerge(client))

describe("the connection of a sign-in request", () => {
  for (const [name, client] of Object.entries(clients)) {
    it.live(`does not share a connection between a sign-in request and any other request when using ${name}`, () =>
      Effect.gen(function* () {
        const { seen, url } = yield* server()
        yield* Effect.gen(function* () {
          const device = yield* DeviceAuthorization
          const http = yield* HttpClient.HttpClient
          const call = Effect.andThen(http.get(`${url}/call`), (response) => response.text)
          for (let n = 0; n < 3; n++) {
            yield* Effect.all([call, call], { concurrency: 2 })
            yield* device.request
            yield* call
            yield* device.refresh(tokens(1))
          }
          yield* device.revoke(tokens(1))
        }).pipe(Effect.provide(over(url, {}, client)))
        const own = seen.filter(({ path }) => path !== "/call").map(({ connection }) => connection)
        assert.strictEqual(own.length, 8)
        assert.strictEqual(new Set(own).size, 8)
        for (const { connection, path } of seen) if (path === "/call") assert.notInclude(own, connection)
      }),
    )

    it.live(
      `completes every refresh and code request when using ${name}, even if the server drops idle connections`,
      () =>
        Effect.gen(function* () {
          const { url } = yield* server({ impatient: true })
          yield* Effect.gen(function* () {
            const device = yield* DeviceAuthorization
            const http = yield* HttpClient.HttpClient
            for (let n = 0; n < 10; n++) {
              // Leaves an idle connection behind, or finds the earlier one dropped.
              yield* Effect.ignore(Effect.andThen(http.get(`${url}/call`), (response) => response.text))
              yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
              assert.deepStrictEqual(reveal(yield* device.refresh(tokens(1))), ["access-1", "refresh-1"])
              assert.strictEqual((yield* device.request).userCode, codeAnswer.user_code)
            }
          }).pipe(Effect.provide(over(url, {}, client)))
        }),
    )

    it.live(`reads a response with 15 KiB of headers when using ${name}`, () =>
      Effect.gen(function* () {
        const { url } = yield* server({ headers: { "x-policy": "x".repeat(15_000) } })
        const pair = yield* DeviceAuthorization.use((device) => device.refresh(tokens(1))).pipe(
          Effect.provide(over(url, {}, client)),
        )
        assert.deepStrictEqual(reveal(pair), ["access-1", "refresh-1"])
      }),
    )

    const odd: ReadonlyArray<readonly [string, Effect.Effect<{ readonly url: string }, never, Scope.Scope>, RegExp]> = [
      [
        "with headers that are too long",
        server({ headers: { "x-policy": "x".repeat(20_000) } }),
        /headers exceed the size that the HTTP client accepts/,
      ],
      [
        "with a malformed header line",
        scriptedSocket("HTTP/1.1 200 OK\r\nno header\r\n\r\n{}"),
        /cannot parse the response as HTTP/,
      ],
      [
        "whose body is not compressed as its header states",
        server({ headers: { "content-encoding": "gzip" }, body: "nothing to read" }),
        /not compressed with the encoding|neither the expected content/,
      ],
    ]
    for (const [what, start, problem] of odd) {
      it.live(`does not report a response ${what} as lost when using ${name}`, () =>
        Effect.gen(function* () {
          const { url } = yield* start
          const error = yield* DeviceAuthorization.use((device) => Effect.flip(device.refresh(tokens(1)))).pipe(
            Effect.provide(over(url, {}, client)),
          )
          assert.strictEqual(error._tag, "AnswerUnreadable")
          assert.match(error.message, problem)
          assert.notMatch(error.message, /status 0|lost/)
        }),
      )
    }
  }

  for (const [name, client] of Object.entries(clients)) {
    for (const status of [301, 302, 303, 307, 308]) {
      it.live(`does not send secrets to the target of a redirect with status ${status} when using ${name}`, () =>
        Effect.gen(function* () {
          const thief = yield* server()
          // Another port is another origin.
          const { url } = yield* server({ status, headers: { location: `${thief.url}/stolen` } })
          const errors = yield* DeviceAuthorization.use((device) =>
            Effect.all([
              Effect.flip(device.refresh(tokens(1))),
              Effect.flip(device.revoke(tokens(1))),
              Effect.flip(device.request),
            ]),
          ).pipe(Effect.provide(over(url, {}, client)))
          assert.deepStrictEqual(thief.seen, [])
          for (const error of errors) assert.include(error.message, thief.url)
        }),
      )
    }
  }

  it.live("sends a poll and a code request on different connections", () =>
    Effect.gen(function* () {
      const { seen, url } = yield* server()
      yield* DeviceAuthorization.use((device) => Effect.flatMap(device.request, device.poll)).pipe(
        Effect.provide(over(url)),
      )
      assert.deepStrictEqual(
        seen.map(({ path }) => path),
        ["/code", "/token"],
      )
      assert.notStrictEqual(seen[0]?.connection, seen[1]?.connection)
    }),
  )

  for (const encoding of ["form", "multipart"] as const) {
    it.live(`sends the Content-Length of ${encoding} bodies`, () =>
      Effect.gen(function* () {
        const { seen, url } = yield* server()
        yield* DeviceAuthorization.use((device) => device.request).pipe(Effect.provide(over(url, { encoding })))
        const [{ body, length, type } = { body: "", length: "", type: "" }] = seen
        assert.match(
          type,
          encoding === "form" ? /^application\/x-www-form-urlencoded/ : /^multipart\/form-data; boundary=/,
        )
        assert.strictEqual(length, String(Buffer.byteLength(body)))
        assert.include(
          body,
          encoding === "form" ? "scope=asset_create+offline" : 'name="scope"\r\n\r\nasset_create offline',
        )
      }),
    )
  }
})
