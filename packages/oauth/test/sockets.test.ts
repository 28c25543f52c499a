import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { DeviceAuthorization, type DeviceAuthorizationOptions } from "@holdfast/oauth"
import { codeAnswer, provider, tokenAnswer } from "./support.ts"

/** What arrived, as Node's own server saw it. */
interface Seen {
  readonly path: string
  readonly connection: number
  readonly type: string
  readonly length: string | undefined
  readonly body: string
}

/** A server on a real socket. */
const server = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly seen: Array<Seen>; readonly close: () => void }>((resume) => {
    const seen: Array<Seen> = []
    const http = createServer((request, response) => {
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
        response.setHeader("content-type", "application/json").end(JSON.stringify(answer))
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

const over = (url: string, options: Partial<DeviceAuthorizationOptions>) =>
  DeviceAuthorization.layer({
    ...provider,
    deviceEndpoint: `${url}/code`,
    tokenEndpoint: `${url}/token`,
    ...options,
  }).pipe(Layer.provide(NodeHttpClient.layerUndici))

describe("over real sockets", () => {
  it.live("no two code requests share a connection", () =>
    Effect.gen(function* () {
      const { seen, url } = yield* server
      yield* Effect.gen(function* () {
        const device = yield* DeviceAuthorization
        for (let n = 0; n < 3; n++) yield* device.poll(yield* device.request)
      }).pipe(Effect.provide(over(url, {})))
      const connections = seen.filter(({ path }) => path === "/code").map(({ connection }) => connection)
      assert.strictEqual(connections.length, 3)
      assert.strictEqual(new Set(connections).size, 3)
    }),
  )

  for (const encoding of ["form", "multipart"] as const) {
    it.live(`${encoding} bodies say how long they are`, () =>
      Effect.gen(function* () {
        const { seen, url } = yield* server
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
