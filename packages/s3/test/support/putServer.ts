/**
 * A storage on loopback that accepts PUTs, and URLs that are signed for it.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { PresignedPut } from "@holdfast/s3"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import type { Reply } from "./formServer.ts"

export type { Reply } from "./formServer.ts"

/** The path and query of a URL that was signed on 21 November 2026 at 17:23:58 UTC. */
export const signed = (change: Readonly<Record<string, string>>) =>
  `/b/k?${new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Expires": "900",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "feed".repeat(16),
    ...change,
  }).toString()}`

/** A storage's response to a PUT whose ETag does not matter. */
export const stored = { status: 200, headers: { "x-amz-request-id": "tx1" } }

export interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

export const bytes = (text: string) => new TextEncoder().encode(text)

export const put = (request: PresignedPut.Request) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => PresignedPut.put(client, request))

export const live = Effect.provide(NodeHttpClient.layerUndici)

/** A storage on loopback that sends the given responses and records the requests. */
export const serve = (
  answer: (n: number) => Reply | "hang",
  hooks: { readonly onRequest?: () => void; readonly onClose?: () => void } = {},
) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{
          readonly url: string
          readonly requests: Array<Seen>
          readonly connections: () => number
          readonly close: () => Promise<void>
        }>((resolve) => {
          const requests: Array<Seen> = []
          let connections = 0
          const server = Http.createServer((request, response) => {
            const chunks: Array<Buffer> = []
            request.on("data", (chunk: Buffer) => chunks.push(chunk))
            request.on("end", () => {
              const said = answer(requests.length)
              const { headers, method, url } = request
              requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
              hooks.onRequest?.()
              if (said === "hang") return
              // A 304 or 204 has no length of its own.
              const length = said.status === 204 ? {} : { "content-length": `${Buffer.byteLength(said.body ?? "")}` }
              response.writeHead(said.status, { ...length, ...said.headers })
              response.end(said.body)
            })
          })
          server.on("connection", (socket) => {
            connections++
            socket.on("close", () => hooks.onClose?.())
          })
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            resolve({
              url: `http://127.0.0.1:${port}`,
              requests,
              connections: () => connections,
              close: () =>
                new Promise((closed) => {
                  server.close(() => closed())
                  server.closeAllConnections()
                }),
            })
          })
        }),
    ),
    ({ close }) => Effect.promise(close),
  )
