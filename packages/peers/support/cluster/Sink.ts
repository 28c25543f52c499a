/**
 * An API and a storage on 127.0.0.1 for the runners of a cluster. The sink remembers when each part began to arrive.
 */
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A request for a part. Times are epoch milliseconds. */
export interface Put {
  readonly asset: string
  readonly part: number
  readonly startedAt: number
  /** The process that sent the part. */
  readonly runner: number
}

const body = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Array<Buffer> = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** Starts a sink that ends with the scope. Each part takes `latency` milliseconds, and a file has parts of `partBytes`. */
export const make = (options: { readonly latency: number; readonly partBytes: number }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const puts: Array<Put> = []
      const created: Array<string> = []
      const parts = new Map<string, Buffer>()
      const create = async (request: IncomingMessage, response: ServerResponse) => {
        const { filesize } = JSON.parse(String(await body(request))) as { readonly filesize: number }
        const asset = `asset-${created.length + 1}`
        created.push(asset)
        const count = Math.ceil(filesize / options.partBytes)
        const urls = Array.from({ length: count }, (_, n) => `http://127.0.0.1:${port}/${asset}/${n}`)
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({ id: asset, urls }))
      }
      const put = async (request: IncomingMessage, response: ServerResponse) => {
        const [, asset = "", part = ""] = (request.url ?? "").split("/")
        puts.push({
          asset,
          part: Number(part),
          startedAt: Date.now(),
          runner: Number(request.headers["x-runner"] ?? 0),
        })
        const bytes = await body(request)
        await new Promise((resolve) => setTimeout(resolve, options.latency))
        parts.set(`${asset}/${part}`, bytes)
        response.setHeader("x-amz-request-id", "R")
        response.setHeader("etag", `"${createHash("md5").update(bytes).digest("hex")}"`)
        response.end()
      }
      const server = createServer((request, response) => {
        if (request.method !== "POST" && request.method !== "PUT") {
          // The probe of a closed gate.
          response.writeHead(403, { "x-amz-request-id": "R" }).end()
          return
        }
        const handled = request.method === "POST" ? create(request, response) : put(request, response)
        // The client was killed.
        handled.catch(() => response.destroy())
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      const { port } = server.address() as AddressInfo
      const content = (asset: string, count: number) =>
        Buffer.concat(Array.from({ length: count }, (_, n) => parts.get(`${asset}/${n}`) ?? Buffer.alloc(0)))
      return { server, port, puts, created, content }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      }),
  )

/** An API and a storage for the runners of a cluster. */
export type Sink = Effect.Success<ReturnType<typeof make>>
