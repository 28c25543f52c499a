import { assert, describe, it } from "@effect/vitest"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Cause, Duration, Effect, Exit, Layer, Tracer } from "effect"
import { FetchHttpClient } from "effect/http"
import { openAsBlob } from "node:fs"
import { type Reply, formOf, parts, serve } from "../support/formServer.ts"
import { clients, form, long, stored, text, upload } from "../support/uploads.ts"

describe.each(["undici", "fetch", "node:http"] as const)("PresignedPost.upload with %s", (name) => {
  const client = Effect.provide(clients[name])

  it.effect("sends every field in order and then the file, with the exact length and without chunked encoding", () =>
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

  it.effect("returns S3's receipt for 204, 200, 201 and 303", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<readonly [Reply, PresignedPost.Receipt]> = [
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
        // Ceph's format for an address that has a query.
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

  it.effect("fails with S3's error, even for a 200, and distinguishes a captive portal from a redirect", () =>
    Effect.gen(function* () {
      const failures: ReadonlyArray<readonly [Reply, string]> = [
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
        // Following the redirect would have made a second request.
        assert.strictEqual(server.requests.length, 1)
      }
    }).pipe(Effect.scoped, client),
  )

  it.effect("applies an intermediary's Retry-After hint to the gate that its response closes, not to the retry", () =>
    Effect.gen(function* () {
      const headers = { "retry-after": "7" }
      const answers: ReadonlyArray<readonly [Reply, ReadonlyArray<Duration.Duration | undefined>]> = [
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

  it.effect("rejects a success response that the storage did not send for this object", () =>
    Effect.gen(function* () {
      const named = (bucket: string, key: string) =>
        `<PostResponse><Location>l</Location><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>"1"</ETag></PostResponse>`
      const s3 = { "x-amz-request-id": "tx1", etag: '"1"' }
      const failures: ReadonlyArray<readonly [Reply, string]> = [
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

  it.effect("does not report credentials if the server is unreachable", () =>
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

describe("PresignedPost.upload", () => {
  it.effect("does not create a span of its own and does not send trace headers", () =>
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

  it.effect("keeps the program's own fetch settings, except for the redirect setting", () =>
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

  it.effect("does not report a success if a browser hides the redirect", () =>
    Effect.gen(function* () {
      const hidden = new Response(null)
      Object.defineProperty(hidden, "status", { value: 0 })
      const error = yield* (yield* form("https://bucket.example/")).upload("x").pipe(
        Effect.provide(FetchHttpClient.layer),
        Effect.provideService(FetchHttpClient.Fetch, () => Promise.resolve(hidden)),
        Effect.flip,
      )
      assert.deepInclude(error, { _tag: "UnexpectedStatus", status: 0 })
      assert.include(error.message, "the browser hides redirects")
    }),
  )

  it.effect("does not report a key if S3 inserts the file's name into the key", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ status: 204, headers: { server: "MinIO" } }))
      const post = yield* form(server.url, { key: undefined, keyPrefix: "up/" })
      assert.deepStrictEqual(yield* post.upload("x"), { status: 204 })
      const [key] = formOf(server.requests[0]!)
      assert.deepStrictEqual(key, ["key", "up/${filename}"])
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )
})
