import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Cause, Duration, Effect, Exit, Layer, Redacted, Ref, Stream, Tracer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { openAsBlob } from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { type Answer, formOf, parts, serve } from "../support/formServer.ts"

const clients = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "node:http": NodeHttpClient.layerNodeHttp,
}

/** A form that S3 would take, at the time of the test. */
const form = (url: string, more: Partial<PresignedPost.SignOptions> = {}) =>
  PresignedPost.sign({
    url,
    bucket: "bucket",
    region: "us-east-1",
    key: "up/reel 1.mov",
    credentials: {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: Redacted.make("secret"),
      sessionToken: Redacted.make("FwoGZXIvYXdzEXAMPLETOKEN"),
    },
    ...more,
  })

/** Signs a form and uploads a file with it. */
const upload = (url: string, file: PresignedPost.UploadFile) => Effect.flatMap(form(url), (post) => post.upload(file))

/** More than a socket takes at once, and all byte values. */
const long = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7 + (n >> 8)) % 256)

const stored: Answer = { status: 204, headers: { etag: '"5d41"', "x-amz-request-id": "tx1" } }

const text = new TextEncoder()

describe.each(["undici", "fetch", "node:http"] as const)("PresignedPost.upload with %s", (name) => {
  const client = Effect.provide(clients[name])

  it.effect("sends every field in order and the file last, with the exact length and never chunked", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const post = yield* form(server.url, { fields: { "Content-Type": "video/mp4", "x-ignore-id": "7" } })
      const { fields } = PresignedPost.reveal(post)
      assert.property(fields, "x-amz-security-token")
      const files: ReadonlyArray<readonly [PresignedPost.UploadFile, Uint8Array, string, string]> = [
        [long, long, "blob", "application/octet-stream"],
        [long.subarray(5, 9), long.slice(5, 9), "blob", "application/octet-stream"],
        [new Uint8Array(0), new Uint8Array(0), "blob", "application/octet-stream"],
        ["héllo", text.encode("héllo"), "blob", "application/octet-stream"],
        [new Blob([long]), long, "blob", "application/octet-stream"],
        [new File([long], "reel 1.mov", { type: "video/quicktime" }), long, "reel 1.mov", "video/quicktime"],
        [
          yield* Effect.promise(() => openAsBlob(import.meta.filename)),
          new Uint8Array(yield* Effect.promise(async () => (await openAsBlob(import.meta.filename)).arrayBuffer())),
          "blob",
          "application/octet-stream",
        ],
      ]
      for (const [file] of files) yield* post.upload(file)
      for (const [n, [, bytes, filename, type]] of files.entries()) {
        const seen = server.requests[n]!
        assert.strictEqual(seen.method, "POST")
        assert.strictEqual(seen.headers["content-length"], `${seen.body.length}`)
        assert.isUndefined(seen.headers["transfer-encoding"])
        assert.isUndefined(seen.headers["authorization"])
        assert.isUndefined(seen.headers["traceparent"])
        const sent = parts(seen.headers["content-type"], seen.body)
        assert.deepStrictEqual(
          sent.map(({ content, name }) => (name === "file" ? name : [name, content.toString()])),
          [...Object.entries(fields), "file"],
        )
        const file = sent.at(-1)!
        assert.strictEqual(file.filename, filename)
        assert.include(file.headers, `\r\nContent-Type: ${type}`)
        assert.isTrue(file.content.equals(bytes), `file ${n}`)
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("gives S3's receipt: 204, 200, 201 and 303", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<readonly [Answer, PresignedPost.Receipt]> = [
        [stored, { status: 204, etag: "5d41", key: "up/reel 1.mov", requestId: "tx1" }],
        [
          { status: 200, headers: { server: "AmazonS3" } },
          { status: 200, key: "up/reel 1.mov" },
        ],
        [
          {
            status: 201,
            headers: { "content-type": "application/xml", "x-amz-request-id": "tx2" },
            body:
              '<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
              "<Location>https://b.s3.amazonaws.com/up%2Freel+1.mov</Location><Bucket>bucket</Bucket>" +
              "<Key>up/reel&#32;1.mov</Key><ETag>&quot;5d41&quot;</ETag></PostResponse>",
          },
          {
            status: 201,
            etag: "5d41",
            key: "up/reel 1.mov",
            bucket: "bucket",
            location: "https://b.s3.amazonaws.com/up%2Freel+1.mov",
            requestId: "tx2",
          },
        ],
        [
          {
            status: 201,
            body: "<PostResponse><Location>localhost/bucket/up%2Fr</Location><Bucket>bucket</Bucket><Key>up/reel 1.mov</Key><ETag>bf1a</ETag></PostResponse>",
          },
          { status: 201, etag: "bf1a", key: "up/reel 1.mov", bucket: "bucket", location: "localhost/bucket/up%2Fr" },
        ],
        [
          {
            status: 201,
            body: "<PostResponse><Bucket>bucket</Bucket><Key><![CDATA[up/reel 1.mov]]></Key></PostResponse>",
          },
          { status: 201, key: "up/reel 1.mov", bucket: "bucket" },
        ],
        [
          {
            status: 303,
            headers: { location: "https://shop.example/done?ref=1&bucket=bucket&key=up%2Freel+1.mov&etag=%225d41%22" },
          },
          { status: 303, etag: "5d41", key: "up/reel 1.mov", bucket: "bucket" },
        ],
        // Ceph's way with an address that has a query.
        [
          {
            status: 303,
            headers: {
              location: "http://shop.example/done?ref=1?bucket=bucket&key=up%2Freel%201.mov&etag=%225d41%22",
            },
          },
          { status: 303, etag: "5d41", key: "up/reel 1.mov", bucket: "bucket" },
        ],
      ]
      for (const [answer, receipt] of answers) {
        const server = yield* serve(() => answer)
        assert.deepStrictEqual(yield* upload(server.url, "x"), receipt)
        assert.strictEqual(server.requests.length, 1)
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("fails with S3's error, a 200 with one included, and tells a portal and a redirect apart", () =>
    Effect.gen(function* () {
      const failures: ReadonlyArray<readonly [Answer, string]> = [
        [
          {
            status: 403,
            body: "<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message></Error>",
          },
          "InvalidAccessKeyId",
        ],
        [{ status: 403, body: "<Error><Code>AccessDenied</Code><Message></Message></Error>" }, "AccessDenied"],
        [
          { status: 200, body: "<?xml version='1.0'?><Error><Code>InternalError</Code></Error>" },
          "InternalServerError",
        ],
        [{ status: 200, body: "<!DOCTYPE html><html>Welcome" }, "CaptivePortal"],
        [{ status: 303, headers: { location: "http://login.example/" } }, "CaptivePortal"],
        [{ status: 307, headers: { location: "http://s3.example/", "x-amz-request-id": "tx" } }, "TemporaryRedirect"],
        [{ status: 503 }, "SlowDown"],
        [{ status: 404, body: "<html>nginx" }, "NotFromS3"],
        [{ status: 206 }, "UnexpectedStatus"],
      ]
      for (const [answer, tag] of failures) {
        const server = yield* serve(() => answer)
        const error = yield* Effect.flip(upload(server.url, "x"))
        assert.strictEqual(error._tag, tag, JSON.stringify(answer))
        assert.isString(error.verdict.retry)
        // Followed, a redirect would have been a second request.
        assert.strictEqual(server.requests.length, 1)
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("leaves the hint of an intermediary to the gate that its response closes", () =>
    Effect.gen(function* () {
      const headers = { "retry-after": "7" }
      const answers: ReadonlyArray<readonly [Answer, ReadonlyArray<Duration.Duration | undefined>]> = [
        [{ status: 200, headers, body: "<html>Sign in" }, [undefined, Duration.seconds(7)]],
        [{ status: 200, headers, body: "Upload quarantined" }, [undefined, Duration.seconds(7)]],
        [{ status: 503, headers }, [undefined, undefined]],
        [{ status: 503, headers: { ...headers, "x-amz-request-id": "tx" } }, [Duration.seconds(7), undefined]],
      ]
      for (const [answer, hints] of answers) {
        const server = yield* serve(() => answer)
        const { verdict } = yield* Effect.flip(upload(server.url, "x"))
        assert.deepStrictEqual([verdict.retryAfter, verdict.probeAfter], [...hints], JSON.stringify(answer))
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("rejects a success that the storage did not send for this object", () =>
    Effect.gen(function* () {
      const named = (bucket: string, key: string) =>
        `<PostResponse><Location>l</Location><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>"1"</ETag></PostResponse>`
      const s3 = { "x-amz-request-id": "tx1", etag: '"1"' }
      const failures: ReadonlyArray<readonly [Answer, string]> = [
        [{ status: 204 }, "Unverified"],
        [{ status: 200, headers: { server: "nginx" } }, "Unverified"],
        [{ status: 201 }, "Unverified"],
        [{ status: 201, headers: s3 }, "Unverified"],
        [{ status: 201, headers: s3, body: named("bucket", "up/another.mov") }, "Unverified"],
        [{ status: 201, headers: s3, body: named("another", "up/reel 1.mov") }, "Unverified"],
        [{ status: 201, headers: s3, body: "<PostResponse><Message>denied</Message></PostResponse>" }, "Unverified"],
        [{ status: 201, body: "<PostResponse><Message>denied</Message></PostResponse>" }, "NotFromS3"],
        [{ status: 200, body: "<LoginResponse>please</LoginResponse>" }, "NotFromS3"],
        [{ status: 303, headers: { location: "https://a.example/?bucket=bucket&key=k&etag=%221%22" } }, "Unverified"],
        [{ status: 201, body: '{"error":"quota exceeded, nothing was stored"}' }, "NotFromS3"],
        [{ status: 200, headers: { etag: '"1"' }, body: "Upload quarantined" }, "NotFromS3"],
        [{ status: 201, headers: { etag: '"1"' }, body: "<html>Sign in" }, "CaptivePortal"],
      ]
      for (const [answer, tag] of failures) {
        const server = yield* serve(() => answer)
        const error = yield* Effect.flip(upload(server.url, "x"))
        assert.strictEqual(error._tag, tag, JSON.stringify(answer))
        assert.strictEqual(error.verdict.retry, tag === "Unverified" ? "never" : "always")
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("names no credential when nobody listens", () =>
    Effect.gen(function* () {
      const server = yield* Effect.scoped(serve(() => stored))
      const secret = "CANARY0123456789"
      const post = yield* form(server.url, {
        key: secret,
        credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "secret", sessionToken: secret },
      })
      const exit = yield* Effect.exit(post.upload(new Blob([secret])))
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isFailure(exit)) {
        const error = Cause.squash(exit.cause)
        assert.include(JSON.stringify(error), "ConnectionRefused")
        assert.notInclude(Cause.pretty(exit.cause) + JSON.stringify(error) + String(error), secret)
      }
    }).pipe(client),
  )
})

describe("PresignedPost.upload to a server that resets in the middle of the form", () => {
  const document = "<Error><Code>NotImplemented</Code><Message>A header implies functionality</Message></Error>"

  /** Resets every form after its first bytes; `refuses` by the headers alone, or would take the body. */
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

  it.effect.each(["undici", "node:http"] as const)("fails with %s with the refusal that the reset has hidden", (name) =>
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

  it.effect("stays a reset where the server would have taken the form", () =>
    Effect.gen(function* () {
      const { seen, url } = yield* resetting(false)
      const error = yield* Effect.flip(upload(url, large))
      assert.strictEqual(error._tag, "ConnectionReset")
      assert.strictEqual(error.verdict.retry, "always")
      assert.lengthOf(seen, 1)
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )
})

describe("PresignedPost.upload of a stream", () => {
  const halves = [long.subarray(0, 100_000), long.subarray(100_000)]
  const sources = (): Record<string, PresignedPost.StreamFile["stream"]> => ({
    effect: Stream.fromIterable(halves).pipe(Stream.rechunk(1)),
    web: new Blob([long]).stream(),
    node: Readable.from(halves),
  })

  for (const name of ["undici", "node:http"] as const) {
    it.effect(`announces its exact length with ${name}, whatever the kind of stream`, () =>
      Effect.gen(function* () {
        const server = yield* serve(() => stored)
        const post = yield* form(server.url)
        for (const stream of Object.values(sources())) {
          const receipt = yield* post.upload({ stream, size: long.length, name: "a.mov", type: "video/mp4" })
          assert.strictEqual(receipt.status, 204)
          const { body, headers } = server.requests.at(-1)!
          assert.strictEqual(headers["content-length"], `${body.length}`)
          assert.isUndefined(headers["transfer-encoding"])
          const file = parts(headers["content-type"], body).at(-1)!
          assert.deepStrictEqual([file.name, file.filename], ["file", "a.mov"])
          assert.isTrue(file.content.equals(long))
        }
      }).pipe(Effect.scoped, Effect.provide(clients[name])),
    )

    it.effect(`fails with ${name} when it gives other bytes than were announced, and S3 sees no whole form`, () =>
      Effect.gen(function* () {
        const server = yield* serve(() => stored)
        const post = yield* form(server.url)
        for (const [size, actual] of [
          [long.length + 1, long.length],
          [long.length - 1, long.length],
          [50_000, 100_000],
          [0, 100_000],
        ] as const) {
          const { effect } = sources()
          const error = yield* Effect.flip(post.upload({ stream: effect!, size }))
          assert.deepInclude(error, { _tag: "FileLengthMismatch", announced: size, actual })
          assert.strictEqual(error.verdict.retry, "never")
        }
        assert.deepStrictEqual(server.requests, [])
      }).pipe(Effect.scoped, Effect.provide(clients[name])),
    )

    it.effect(`keeps with ${name} the failure of the stream itself`, () =>
      Effect.gen(function* () {
        const server = yield* serve(() => stored)
        const stream = Stream.concat(Stream.make(halves[0]!), Stream.fail(new Error("disk gone")))
        const error = yield* Effect.flip((yield* form(server.url)).upload({ stream, size: long.length }))
        assert.notStrictEqual(error._tag, "FileLengthMismatch")
        assert.include(Cause.pretty(Cause.fail(error)), "disk gone")
      }).pipe(Effect.scoped, Effect.provide(clients[name])),
    )
  }

  it.effect("fails with fetch before the stream is read or a byte is sent", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const read = yield* Ref.make(0)
      const stream = Stream.fromEffect(
        Effect.as(
          Ref.update(read, (n) => n + 1),
          long,
        ),
      )
      const error = yield* Effect.flip((yield* form(server.url)).upload({ stream, size: long.length }))
      assert.strictEqual(error._tag, "StreamNeedsLength")
      assert.strictEqual(yield* Ref.get(read), 0)
      assert.deepStrictEqual(server.requests, [])
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("says so when a stream that can be read one time is sent a second time", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const { node } = sources()
      const upload = (yield* form(server.url)).upload({ stream: node!, size: long.length })
      yield* upload
      const error = yield* Effect.flip(upload)
      assert.deepInclude(error, { _tag: "FileLengthMismatch", announced: long.length, actual: 0 })
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("runs an Effect stream anew every time", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const { effect } = sources()
      const upload = (yield* form(server.url)).upload({ stream: effect!, size: long.length })
      yield* upload
      yield* upload
      assert.strictEqual(server.requests[0]?.body.length, server.requests[1]?.body.length)
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("counts anew when the client sends again by itself", () =>
    Effect.gen(function* () {
      const server = yield* serve((n) => (n === 0 ? { status: 503 } : stored))
      const { effect } = sources()
      const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient).pipe(HttpClient.retry({ times: 1 }))
      const receipt = yield* (yield* form(server.url))
        .upload({ stream: effect!, size: long.length })
        .pipe(Effect.provideService(HttpClient.HttpClient, client))
      assert.strictEqual(receipt.status, 204)
      assert.deepStrictEqual(
        server.requests.map(({ body, headers }) => body.length === Number(headers["content-length"])),
        [true, true],
      )
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("is no success when the server has answered without the whole file", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 204 }))),
      )
      const error = yield* (yield* form("http://127.0.0.1/bucket"))
        .upload({ stream: Stream.make(long), size: long.length })
        .pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.flip)
      assert.deepInclude(error, { _tag: "FileLengthMismatch", actual: 0 })
    }),
  )

  it.effect("refuses a size that is none and pieces that are no bytes", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const post = yield* form(server.url)
      for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const error = yield* Effect.flip(post.upload({ stream: Stream.empty, size }))
        assert.deepInclude(error, { _tag: "InvalidPostOption", option: "file.size", value: String(size) })
      }
      // A page whose user has chosen no file; a stream without its size; what is no stream.
      for (const file of [undefined, null, 5, {}, Readable.from([]), { stream: "text", size: 4 }]) {
        const error = yield* Effect.flip(post.upload(file as never))
        assert.deepInclude(error, { _tag: "InvalidPostOption", option: "file" })
      }
      assert.lengthOf(server.requests, 0)
      const stream = Readable.from(["text"])
      assert.deepInclude(yield* Effect.flip(post.upload({ stream, size: 4 })), {
        _tag: "InvalidPostOption",
        option: "file.stream",
        value: "of type string",
      })
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )
})

describe("PresignedPost.upload", () => {
  it.effect("makes no span of its own and sends no trace headers", () =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name)
          return new Tracer.NativeSpan(options)
        },
      })
      const server = yield* serve(() => stored)
      yield* (yield* form(server.url)).upload("x").pipe(Effect.withSpan("file"), Effect.withTracer(tracer))
      assert.deepStrictEqual(spans, ["file"])
      assert.deepStrictEqual(Object.keys(server.requests[0]?.headers ?? {}).sort(), [
        "connection",
        "content-length",
        "content-type",
        "host",
      ])
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("keeps the settings that the program itself gives to fetch, but for the redirect", () =>
    Effect.gen(function* () {
      const seen: Array<RequestInit | undefined> = []
      const fetch = (_url: unknown, init?: RequestInit) => {
        seen.push(init)
        return Promise.resolve(new Response(null, { status: 204, headers: { etag: '"1"' } }))
      }
      yield* (yield* form("https://bucket.example/"))
        .upload("x")
        .pipe(
          Effect.provide(
            Layer.mergeAll(
              FetchHttpClient.layer,
              Layer.succeed(FetchHttpClient.Fetch, fetch),
              Layer.succeed(FetchHttpClient.RequestInit, { credentials: "omit", redirect: "follow" }),
            ),
          ),
        )
      assert.strictEqual(seen[0]?.credentials, "omit")
      assert.strictEqual(seen[0]?.redirect, "manual")
    }),
  )

  it.effect("claims no success where a browser hides the redirect", () =>
    Effect.gen(function* () {
      const hidden = new Response(null)
      Object.defineProperty(hidden, "status", { value: 0 })
      const error = yield* (yield* form("https://bucket.example/")).upload("x").pipe(
        Effect.provide(FetchHttpClient.layer),
        Effect.provideService(FetchHttpClient.Fetch, () => Promise.resolve(hidden)),
        Effect.flip,
      )
      assert.deepInclude(error, { _tag: "UnexpectedStatus", status: 0 })
      assert.include(error.message, "redirect that the browser hides")
    }),
  )

  it.effect("does not say which key it was where S3 puts the file's name in", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 204, headers: { server: "MinIO" } }))
      const post = yield* form(server.url, { key: undefined, keyPrefix: "up/" })
      assert.deepStrictEqual(yield* post.upload("x"), { status: 204 })
      const [key] = formOf(server.requests[0]!)
      assert.deepStrictEqual(key, ["key", "up/${filename}"])
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )
})
