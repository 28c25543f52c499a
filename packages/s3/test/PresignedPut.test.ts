import { assert, describe, it } from "@effect/vitest"
import { PresignedPut } from "@holdfast/s3"
import { Cause, Duration, Effect, Exit, Fiber, Redacted, Stream, Tracer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { bytes, live, put, serve, stored } from "./support/putServer.ts"

describe("PresignedPut", () => {
  it.effect("sends the bytes, the unchanged signed path and query, and only the given headers", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 200, headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } }))
      const signed = "/b/a%20b%2Bc.mov?AWSAccessKeyId=A%2F1&x=%27+%7E&Expires=4102444800&Signature=00ff"
      const receipt = yield* put({
        url: Redacted.make(`${server.url}${signed}`),
        body: bytes("hello"),
        length: 5,
        headers: { "x-amz-acl": "private", "content-type": "video/quicktime" },
      })
      assert.strictEqual(receipt.etag, "5d41402abc4b2a76b9719d911017c592")
      const [request] = server.requests
      assert.strictEqual(request?.method, "PUT")
      assert.strictEqual(request?.url, signed)
      assert.strictEqual(request?.body, "hello")
      assert.deepStrictEqual(request?.headers, {
        host: server.url.slice("http://".length),
        connection: "keep-alive",
        "content-length": "5",
        "content-type": "video/quicktime",
        "x-amz-acl": "private",
      })
    }).pipe(Effect.scoped, live),
  )

  it.effect("does not add a content type, authorization or trace headers, even inside a span", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      yield* put({ url: server.url, body: bytes("x"), length: 1 }).pipe(Effect.withSpan("chunk"))
      assert.deepStrictEqual(Object.keys(server.requests[0]?.headers ?? {}).sort(), [
        "connection",
        "content-length",
        "host",
      ])
    }).pipe(Effect.scoped, live),
  )

  it.effect.each([
    ["text that did not come from the storage", 200, "Access blocked", "NotFromS3"],
    ["a page", 200, "<html>Sign in", "CaptivePortal"],
    ["a portal that identifies itself with 511", 511, "<html>Sign in", "CaptivePortal"],
  ] as const)("leaves the hint to the gate that closes after %s", ([, status, body, tag]) =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(
          HttpClientResponse.fromWeb(request, new Response(body, { status, headers: { "retry-after": "7" } })),
        ),
      )
      const put = PresignedPut.put(client, { url: "http://127.0.0.1/x", body: bytes("x"), length: 1 })
      const { _tag, verdict } = yield* Effect.flip(put)
      assert.deepStrictEqual([_tag, verdict.closes], [tag, "connectivity"])
      assert.deepStrictEqual([verdict.retryAfter, verdict.probeAfter], [undefined, Duration.seconds(7)])
    }),
  )

  it.effect("does not create a span, because a span would record the signature", () =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name)
          return new Tracer.NativeSpan(options)
        },
      })
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      yield* PresignedPut.put(client, {
        url: "http://127.0.0.1/x?AWSAccessKeyId=A&Expires=4102444800&Signature=0",
        body: bytes("x"),
        length: 1,
      }).pipe(Effect.withSpan("chunk"), Effect.withTracer(tracer))
      assert.deepStrictEqual(spans, ["chunk"])
    }),
  )

  it.effect("sends the given buffer without copying it", () =>
    Effect.gen(function* () {
      const body = new Uint8Array(16)
      let sent: unknown
      const client = HttpClient.make((request) => {
        sent = request.body._tag === "Uint8Array" ? request.body.body : undefined
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored)))
      })
      yield* PresignedPut.put(client, { url: "http://127.0.0.1/x", body, length: 16 })
      assert.strictEqual(sent, body)
    }),
  )

  it.effect("sends a slice of a larger buffer, and an empty body with content-length 0", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      yield* put({ url: server.url, body: bytes("0123456789").subarray(3, 6), length: 3 })
      yield* put({ url: server.url, body: new Uint8Array(0), length: 0 })
      assert.deepStrictEqual(
        server.requests.map(({ body, headers }) => [body, headers["content-length"]]),
        [
          ["345", "3"],
          ["", "0"],
        ],
      )
    }).pipe(Effect.scoped, live),
  )

  it.effect("sends a stream of known length with content-length instead of chunked encoding", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      // The stream is longer than a socket accepts at once. Undici measures shorter streams itself.
      const piece = "x".repeat(128 * 1024)
      const stream = Stream.range(1, 8).pipe(
        Stream.rechunk(1),
        Stream.map(() => bytes(piece)),
      )
      yield* put({ url: server.url, body: { stream }, length: 8 * piece.length })
      assert.strictEqual(server.requests[0]?.body.length, 8 * piece.length)
      assert.strictEqual(server.requests[0]?.headers["content-length"], `${8 * piece.length}`)
      assert.isUndefined(server.requests[0]?.headers["transfer-encoding"])
    }).pipe(Effect.scoped, live),
  )

  it.effect("rejects a length that differs from the length of the buffer", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(put({ url: "http://127.0.0.1:9", body: bytes("abc"), length: 4 }))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }).pipe(live),
  )

  it.effect("reuses the connection for the next chunk after successes and errors", () =>
    Effect.gen(function* () {
      const server = yield* serve((n) =>
        n % 2 === 0 ? stored : { status: 503, body: "<Error><Code>SlowDown</Code></Error>" },
      )
      for (let n = 0; n < 20; n++) yield* Effect.exit(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(server.requests.length, 20)
      // undici's pool alternates between two connections if requests follow each other immediately.
      assert.isAtMost(server.connections(), 2)
    }).pipe(Effect.scoped, live),
  )

  it.effect("fails with a transport error that does not contain the query if the server is unreachable", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored).pipe(Effect.scoped)
      const error = yield* Effect.flip(
        put({
          url: Redacted.make(`${server.url}/k?AWSAccessKeyId=A&Expires=4102444800&Signature=secret`),
          body: bytes("x"),
          length: 1,
        }),
      )
      assert.strictEqual(error._tag, "ConnectionRefused")
      assert.strictEqual(error.verdict.closes, "connectivity")
      assert.notInclude(JSON.stringify(error), "secret")
    }).pipe(live),
  )

  it.effect("aborts the request when the caller is interrupted", () =>
    Effect.gen(function* () {
      let closed: () => void = () => {}
      const gone = new Promise<void>((resolve) => (closed = resolve))
      let arrived: () => void = () => {}
      const here = new Promise<void>((resolve) => (arrived = resolve))
      const server = yield* serve(() => "hang", { onRequest: () => arrived(), onClose: () => closed() })
      const fiber = yield* Effect.forkChild(put({ url: server.url, body: bytes("x"), length: 1 }))
      yield* Effect.promise(() => here)
      yield* Fiber.interrupt(fiber)
      yield* Effect.promise(() => gone)
    }).pipe(Effect.scoped, live),
  )
})
