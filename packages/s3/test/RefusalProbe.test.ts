import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { createServer } from "node:http"
import type { IncomingMessage, RequestListener } from "node:http"
import { createServer as createTcpServer } from "node:net"
import type { AddressInfo, Server } from "node:net"
import * as RefusalProbe from "@holdfast/s3/RefusalProbe"

/** A promise and its resolution, for what a server has seen. */
const signal = () => {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed(`http://127.0.0.1:${port}/part/1?X-Amz-Signature=abc`))
      })
    }),
    () => Effect.sync(() => server.close()),
  )

/** A server that decides by the headers, as S3 does: `decide` runs before it would send `100 Continue`. */
const deciding = (decide: RequestListener) => {
  const server = createServer()
  server.on("checkContinue", decide)
  return listening(server)
}

const probe = (url: string, length = 1_000_000) =>
  RefusalProbe.ask({
    url: Redacted.make(url),
    headers: { "content-type": "video/mp4", "x-amz-acl": "private" },
    length,
  })

describe("RefusalProbe", () => {
  it.effect("returns the response of a server that rejects the headers", () =>
    Effect.gen(function* () {
      const url = yield* deciding((_, response) => {
        response.writeHead(403, { "content-type": "application/xml", "x-amz-request-id": "R1" })
        response.end("<Error><Code>AccessDenied</Code></Error>")
      })
      const answer = yield* probe(url)
      assert.strictEqual(answer?.status, 403)
      assert.strictEqual(answer?.headers["x-amz-request-id"], "R1")
      assert.strictEqual(answer?.body, "<Error><Code>AccessDenied</Code></Error>")
    }),
  )

  it.effect("sends the headers of the chunk, including its full length, but does not send the body", () =>
    Effect.gen(function* () {
      let seen: IncomingMessage | undefined
      let bytes = 0
      const closed = signal()
      const url = yield* deciding((request, response) => {
        seen = request
        request.on("data", (data: Buffer) => {
          bytes += data.byteLength
        })
        request.on("close", () => closed.resolve())
        response.writeContinue()
      })
      assert.strictEqual(yield* probe(url), undefined)
      yield* Effect.promise(() => closed.promise)
      assert.strictEqual(seen?.method, "PUT")
      assert.strictEqual(seen?.url, "/part/1?X-Amz-Signature=abc")
      assert.strictEqual(seen?.headers["content-length"], "1000000")
      assert.strictEqual(seen?.headers["content-type"], "video/mp4")
      assert.strictEqual(seen?.headers["x-amz-acl"], "private")
      assert.strictEqual(seen?.headers.expect, "100-continue")
      assert.notProperty(seen?.headers, "authorization")
      assert.strictEqual(bytes, 0)
      assert.isFalse(seen?.complete)
    }),
  )

  it.effect("ignores a success response that the server sends without having received the body", () =>
    Effect.gen(function* () {
      const url = yield* deciding((_, response) => {
        response.writeHead(200).end()
      })
      assert.strictEqual(yield* probe(url), undefined)
    }),
  )

  it.effect("ignores a response that concerns the probe itself, and a captive portal's response", () =>
    Effect.gen(function* () {
      const location = "https://portal.example/"
      const answers: ReadonlyArray<readonly [status: number, headers: Record<string, string>, refused: boolean]> = [
        [417, {}, false],
        [408, {}, false],
        [302, { location }, false],
        [307, { location }, false],
        [511, {}, false],
        [307, { location, "x-amz-request-id": "R1" }, true],
        [413, { server: "nginx" }, true],
        [503, {}, true],
      ]
      for (const [status, headers, refused] of answers) {
        const url = yield* deciding((_, response) => {
          response.writeHead(status, headers).end()
        })
        assert.strictEqual((yield* probe(url))?.status, refused ? status : undefined, String(status))
      }
    }),
  )

  it.effect("returns undefined if the server is unreachable or the text is not an HTTP URL", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(deciding(() => {}))
      assert.strictEqual(yield* probe(url), undefined)
      assert.strictEqual(yield* probe("no url"), undefined)
      assert.strictEqual(yield* probe("ftp://127.0.0.1/part"), undefined)
    }),
  )

  it.effect("returns undefined if the server closes the connection", () =>
    Effect.gen(function* () {
      const url = yield* listening(createTcpServer((socket) => socket.destroy()))
      assert.strictEqual(yield* probe(url), undefined)
    }),
  )

  it.effect("gives up after 15 s if the server waits for the body, and releases the connection", () =>
    Effect.gen(function* () {
      const asked = signal()
      const closed = signal()
      const url = yield* deciding((request) => {
        request.on("close", () => closed.resolve())
        asked.resolve()
      })
      const fiber = yield* Effect.forkChild(probe(url))
      yield* Effect.promise(() => asked.promise)
      yield* TestClock.adjust("14999 millis")
      assert.strictEqual(fiber.pollUnsafe(), undefined)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(fiber), undefined)
      yield* Effect.promise(() => closed.promise)
    }),
  )

  it.effect("reads at most 64 KiB of a response", () =>
    Effect.gen(function* () {
      const url = yield* deciding((_, response) => {
        response.writeHead(503)
        response.end("x".repeat(1024 * 1024))
      })
      const answer = yield* probe(url)
      assert.strictEqual(answer?.status, 503)
      assert.strictEqual(answer?.body.length, 64 * 1024)
    }),
  )

  it.effect("returns a response even if its body is truncated", () =>
    Effect.gen(function* () {
      const url = yield* deciding((_, response) => {
        response.writeHead(403, { "content-length": "100" })
        response.write("<Error>", () => response.destroy())
      })
      assert.strictEqual((yield* probe(url))?.status, 403)
    }),
  )
})
