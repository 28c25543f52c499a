import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { clients, upload } from "../support/uploads.ts"

describe("PresignedPost.upload to a server that resets the connection during the form", () => {
  const document = "<Error><Code>NotImplemented</Code><Message>A header implies functionality</Message></Error>"

  /**
   * Resets every form after its first bytes. `refuses` rejects the form by its headers alone; otherwise it would accept
   * the body.
   */
  const resetting = (refuses: boolean) =>
    Effect.acquireRelease(
      Effect.promise(
        () =>
          new Promise<{
            readonly url: string
            readonly seen: Array<Http.IncomingHttpHeaders>
            readonly server: Http.Server
          }>((resolve) => {
            const seen: Array<Http.IncomingHttpHeaders> = []
            const server = Http.createServer((request) => {
              request.once("data", () => request.socket.resetAndDestroy())
            })
            server.on("checkContinue", (request: Http.IncomingMessage, response: Http.ServerResponse) => {
              seen.push(request.headers)
              if (refuses) response.writeHead(501, { "x-amz-request-id": "tx1" }).end(document)
              else response.writeContinue()
            })
            server.listen(0, "127.0.0.1", () => {
              const { port } = server.address() as AddressInfo
              resolve({ url: `http://127.0.0.1:${port}/bucket`, seen, server })
            })
          }),
      ),
      ({ server }) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        }),
    )

  const large = new Uint8Array(8 * 1024 * 1024)

  it.effect.each(["undici", "node:http"] as const)(
    "fails over %s with the response that the reset had hidden",
    (name) =>
      Effect.gen(function* () {
        const { seen, url } = yield* resetting(true)
        const error = yield* Effect.flip(upload(url, large))
        assert.strictEqual(error._tag, "NotImplemented")
        assert.notProperty(error.verdict, "closes")
        const [headers] = seen
        assert.match(headers?.["content-type"] ?? "", /^multipart\/form-data; boundary=/)
        assert.isAbove(Number(headers?.["content-length"]), large.length)
      }).pipe(Effect.scoped, Effect.provide(clients[name])),
  )

  it.effect("reports the connection reset if the server would have accepted the form", () =>
    Effect.gen(function* () {
      const { seen, url } = yield* resetting(false)
      const error = yield* Effect.flip(upload(url, large))
      assert.strictEqual(error._tag, "ConnectionReset")
      assert.strictEqual(error.verdict.retry, "always")
      assert.lengthOf(seen, 1)
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )
})
