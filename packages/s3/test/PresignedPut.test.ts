import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Verdict from "@holdfast/core/Verdict"
import * as Recorder from "@holdfast/http/Recorder"
import { Diagnosis, PresignedPut } from "@holdfast/s3"
import { Cause, Duration, Effect, Exit, Fiber, Redacted, Stream, Tracer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as TestClock from "effect/testing/TestClock"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

describe("PresignedPut", () => {
  it.effect("sends the bytes, the signed path and query as they are, and no header but those given", () =>
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

  it.effect("invents no content type, no authorization and no trace headers, inside a span neither", () =>
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
    ["text that is not the storage's", 200, "Access blocked", "NotFromS3"],
    ["a page", 200, "<html>Sign in", "CaptivePortal"],
    ["a portal that wants to be recognized", 511, "<html>Sign in", "CaptivePortal"],
  ] as const)("leaves the hint of %s to the gate that it closes", ([, status, body, tag]) =>
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

  it.effect("makes no span of its own, in which the signature would be written down", () =>
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

  it.effect("hands over the very buffer it was given", () =>
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

  it.effect("sends a stream of known length with content-length, not chunked", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      // More than a socket takes at once: undici counts a short stream by itself.
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

  it.effect("refuses to announce another length than that of the buffer", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(put({ url: "http://127.0.0.1:9", body: bytes("abc"), length: 4 }))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }).pipe(live),
  )

  it.effect("fails with the error of S3's document, and reads the request id", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({
        status: 403,
        headers: { "x-amz-request-id": "tx1" },
        body: "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><Expires>2026</Expires></Error>",
      }))
      const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(error._tag, "AccessDenied")
      assert.strictEqual(error.verdict.change, "url")
      assert.strictEqual("requestId" in error ? error.requestId : undefined, "tx1")
    }).pipe(Effect.scoped, live),
  )

  it.effect("fails although the status is 200 when the body is an error", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({
        status: 200,
        body: "<?xml version='1.0'?><Error><Code>InternalError</Code></Error>",
      }))
      const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(error._tag, "InternalServerError")
      assert.strictEqual(error.verdict.retry, "always")
    }).pipe(Effect.scoped, live),
  )

  it.effect(
    "takes a success only with a sign of the storage: a request id, an ETag, its Server header, its document",
    () =>
      Effect.gen(function* () {
        const copied = '<?xml version="1.0" encoding="UTF-8"?>\n<CopyPartResult xmlns="http://s3.amazonaws.com/doc/">'
        const answers: ReadonlyArray<Answer> = [
          { status: 200, headers: { "x-amz-request-id": "tx1" } },
          { status: 200, headers: { etag: '"5d41"' } },
          { status: 201, headers: { server: "AmazonS3" } },
          { status: 204, headers: { "x-oss-request-id": "1" } },
          { status: 200, headers: { "x-amz-id-2": "a" }, body: " \r\n" },
          { status: 200, headers: { "x-amz-request-id": "tx1" }, body: `${copied}<ETag>"1"</ETag></CopyPartResult>` },
          { status: 200, body: `${copied}<ETag>"1"</ETag></CopyPartResult>` },
        ]
        for (const answer of answers) {
          const server = yield* serve(() => answer)
          const exit = yield* Effect.exit(put({ url: server.url, body: bytes("x"), length: 1 }))
          assert.isTrue(Exit.isSuccess(exit), JSON.stringify(answer))
        }
      }).pipe(Effect.scoped, live),
  )

  it.effect("rejects a success that came before the complete stream was read", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) => {
        if (request.body._tag !== "Stream") return Effect.die("no stream")
        // What a server reads that answers early.
        const some = Stream.runDrain(Stream.take(request.body.stream, 2))
        return Effect.as(Effect.orDie(some), HttpClientResponse.fromWeb(request, new Response(null, stored)))
      })
      const stream = Stream.fromIterable([bytes("aaaa"), bytes("bbbb"), bytes("cc")]).pipe(Stream.rechunk(1))
      const request = { url: "https://b.example/x?Signature=secret", body: { stream }, length: 10, lint: false }
      const error = yield* Effect.flip(PresignedPut.put(client, request))
      assert.strictEqual(error._tag, "Unverified")
      assert.match(error.message, /8 of 10 bytes/)
      assert.notInclude(error.message, "secret")
      assert.strictEqual(error.verdict.retry, "never")
      yield* PresignedPut.put(client, { ...request, length: 8 })
    }),
  )

  it.effect("treats an empty success without a mark of the storage as unverified, and never retries it", () =>
    Effect.gen(function* () {
      for (const answer of [
        { status: 200 },
        { status: 201 },
        { status: 204 },
        { status: 200, headers: { server: "nginx", "content-type": "text/html" } },
        { status: 200, headers: { "x-amz-request-id": " ", etag: "" } },
        { status: 200, headers: { "x-amzn-requestid": "1", "cf-ray": "2" } },
      ]) {
        const server = yield* serve(() => answer)
        const url = `${server.url}/k?AWSAccessKeyId=A&Expires=4102444800&Signature=secret`
        const error = yield* Effect.flip(put({ url, body: bytes("x"), length: 1 }))
        assert.strictEqual(error._tag, "Unverified", JSON.stringify(answer))
        assert.deepInclude(error.verdict, { retry: "never", outcome: "ignored", applied: "maybe" })
        assert.notProperty(error.verdict, "closes")
        assert.notInclude(JSON.stringify(error) + error.message, "secret")
      }
    }).pipe(Effect.scoped, live),
  )

  it.effect("treats a success with a foreign body as the answer of an intermediary", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<Answer> = [
        { status: 200, body: "Access blocked by the firewall of this network. Upload quarantined." },
        { status: 200, headers: { "content-type": "application/json" }, body: '{"error":"quota exceeded"}' },
        { status: 201, headers: { "content-type": "application/json" }, body: '{"ok":true}' },
        // A web server gives its own files an ETag.
        { status: 200, headers: { etag: '"64a-5f"', server: "nginx" }, body: "blocked" },
        { status: 200, headers: { etag: '"64a-5f"' }, body: "<error>blocked</error>" },
        { status: 200, body: '<?xml version="1.0"?><blocked/>' },
        { status: 200, body: "<ErrorResponse><Code>42</Code><Message>blocked</Message></ErrorResponse>" },
        { status: 200, body: "<LoginResponse>please</LoginResponse>" },
        // S3's own words, and none of them says that an object is stored.
        {
          status: 200,
          headers: { "x-amz-request-id": "tx1" },
          body: "<ListBucketResult><Name>b</Name></ListBucketResult>",
        },
        { status: 200, body: "<CopyPartResult><Message>denied</Message></CopyPartResult>" },
        // What follows the blanks is beyond what is read.
        {
          status: 200,
          headers: { "x-amz-request-id": "tx1" },
          body: `${" ".repeat(70_000)}<Error><Code>InternalError</Code></Error>`,
        },
      ]
      for (const answer of answers) {
        const server = yield* serve(() => answer)
        const url = `${server.url}/k?AWSAccessKeyId=A&Expires=4102444800&Signature=secret`
        const error = yield* Effect.flip(put({ url, body: bytes("x"), length: 1 }))
        assert.strictEqual(error._tag, "NotFromS3", JSON.stringify(answer))
        assert.deepInclude(error.verdict, { retry: "always", closes: "connectivity", outcome: "failure" })
      }
      const page = { status: 200, headers: { etag: '"1"', server: "nginx" }, body: "<!doctype html><p>Sign in" }
      const server = yield* serve(() => page)
      const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(error._tag, "CaptivePortal")
    }).pipe(Effect.scoped, live),
  )

  it.effect("accepts an empty success if CORS hides the headers of the storage", () =>
    Effect.gen(function* () {
      const answers = { cors: true, basic: false, default: false }
      for (const [type, believed] of Object.entries(answers)) {
        const response = new Response(null, { status: 200 })
        Object.defineProperty(response, "type", { value: type })
        const client = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, response)))
        const exit = yield* Effect.exit(
          PresignedPut.put(client, { url: "https://b.example/x", body: bytes("x"), length: 1 }),
        )
        assert.strictEqual(Exit.isSuccess(exit), believed, type)
      }
    }),
  )

  it.effect("tells a portal from S3: a page instead of a success, a redirect without a request id, status 511", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<readonly [Answer, string]> = [
        [{ status: 200, body: "<!DOCTYPE html><html>Welcome" }, "CaptivePortal"],
        [{ status: 200, body: "Welcome", headers: { "content-type": "text/html; charset=utf-8" } }, "CaptivePortal"],
        [{ status: 302, headers: { location: "http://login.example/" } }, "CaptivePortal"],
        [{ status: 307, headers: { location: "http://login.example/" } }, "CaptivePortal"],
        [{ status: 511, body: "<html>" }, "CaptivePortal"],
        [{ status: 307, headers: { location: "http://s3.example/", "x-amz-request-id": "tx" } }, "TemporaryRedirect"],
        [{ status: 307, body: "<Error><Code>TemporaryRedirect</Code></Error>" }, "TemporaryRedirect"],
        [{ status: 404, body: "<html>nginx" }, "NotFromS3"],
        [{ status: 502, body: "<html>nginx" }, "NotFromS3"],
        [{ status: 503 }, "SlowDown"],
        [{ status: 403, body: "<html>blocked" }, "UnknownS3Error"],
        [{ status: 206 }, "UnexpectedStatus"],
      ]
      for (const [answer, tag] of answers) {
        const server = yield* serve(() => answer)
        const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
        assert.strictEqual(error._tag, tag, JSON.stringify(answer))
      }
    }).pipe(Effect.scoped, live),
  )

  it.effect("follows no redirect of S3's own, and names where it leads without a secret", () =>
    Effect.gen(function* () {
      const document =
        "<Error><Code>TemporaryRedirect</Code><Message>Please re-send this request.</Message>" +
        "<Endpoint>b.s3-eu-west-1.amazonaws.com</Endpoint></Error>"
      const redirects: ReadonlyArray<readonly [Answer, string]> = [
        [{ status: 307, body: document }, "b.s3-eu-west-1.amazonaws.com"],
        [
          {
            status: 307,
            headers: { location: "https://b.s3-eu-west-1.amazonaws.com/k?X-Amz-Signature=canary", server: "AmazonS3" },
            body: document,
          },
          "https://b.s3-eu-west-1.amazonaws.com",
        ],
        [
          { status: 301, headers: { location: "https://b.s3.eu-west-1.amazonaws.com/k", "x-amz-request-id": "tx" } },
          "https://b.s3.eu-west-1.amazonaws.com",
        ],
      ]
      for (const [answer, origin] of redirects) {
        const server = yield* serve(() => answer)
        const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
        assert.match(error._tag, /Redirect$/)
        assert.include(error.message, origin)
        assert.notInclude(error.message, "canary")
        assert.lengthOf(server.requests, 1)
      }
    }).pipe(Effect.scoped, live),
  )

  it.effect("strips the quotes and the weak mark of an ETag, and has none where there is none", () =>
    Effect.gen(function* () {
      for (const [etag, expected] of [
        ['"abc-2"', "abc-2"],
        ['W/"abc"', "abc"],
        ["abc", "abc"],
        ['""', undefined],
      ] as const) {
        const server = yield* serve(() => ({ status: 200, headers: { ...stored.headers, etag } }))
        const receipt = yield* put({ url: server.url, body: bytes("x"), length: 1 })
        assert.strictEqual(receipt.etag, expected)
      }
      const none = yield* serve(() => ({ ...stored, status: 204 }))
      assert.isUndefined((yield* put({ url: none.url, body: bytes("x"), length: 1 })).etag)
    }).pipe(Effect.scoped, live),
  )

  it.effect("takes an ETag for an MD5 only where S3 makes it one", () =>
    Effect.gen(function* () {
      const etag = '"5D41402ABC4B2A76B9719D911017C592"'
      const md5 = "5d41402abc4b2a76b9719d911017c592"
      for (const [headers, expected] of [
        [{ etag }, md5],
        [{ etag, "x-amz-server-side-encryption": "AES256" }, md5],
        [{ etag, "x-amz-server-side-encryption": "aws:kms" }, undefined],
        [{ etag, "x-amz-server-side-encryption": "aws:kms:dsse" }, undefined],
        [{ etag, "x-amz-server-side-encryption-customer-algorithm": "AES256" }, undefined],
        [{ etag, "x-goog-encryption-kms-key-name": "projects/p/cryptoKeys/k" }, undefined],
        [{ etag, "x-goog-encryption-algorithm": "AES256" }, undefined],
        [{ etag, "x-oss-server-side-encryption": "KMS" }, undefined],
        [{ etag, "x-obs-server-side-encryption": "kms" }, undefined],
        [{ etag: '"9bb58f26192e4ba00f01e2e7b136bbd8-3"' }, undefined],
        [{ etag: '"opaque"' }, undefined],
        [{ etag: "" }, undefined],
      ] as const) {
        const server = yield* serve(() => ({ status: 200, headers: { ...stored.headers, ...headers } }))
        assert.strictEqual((yield* put({ url: server.url, body: bytes("hello"), length: 5 })).md5, expected)
      }
    }).pipe(Effect.scoped, live),
  )

  it.effect("reads no more than 64 KiB of an answer", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({
        status: 503,
        body: `<Error><Code>SlowDown</Code><Message>${"a".repeat(4_000_000)}</Message></Error>`,
      }))
      const error = yield* Effect.flip(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(error._tag, "SlowDown")
      assert.isAtMost(error.message.length, 65_536)
    }).pipe(Effect.scoped, live),
  )

  it.effect("leaves the connection ready for the next chunk, after successes and refusals alike", () =>
    Effect.gen(function* () {
      const server = yield* serve((n) =>
        n % 2 === 0 ? stored : { status: 503, body: "<Error><Code>SlowDown</Code></Error>" },
      )
      for (let n = 0; n < 20; n++) yield* Effect.exit(put({ url: server.url, body: bytes("x"), length: 1 }))
      assert.strictEqual(server.requests.length, 20)
      // undici's pool takes turns between two connections when requests follow each other at once.
      assert.isAtMost(server.connections(), 2)
    }).pipe(Effect.scoped, live),
  )

  it.effect("fails with a transport error that names no query, when nobody listens", () =>
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

  it.effect("sends nothing that S3 must refuse, and says what is wrong without a secret", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 17, 24))
      const server = yield* serve(() => stored)
      const request = { url: server.url + signed({}), body: bytes("x"), length: 1, headers: { "x-amz-acl": "private" } }
      const { last, recorder } = Recorder.keepLast(Redaction.make([Diagnosis.ruleSet.vocabulary]))
      const error = yield* Effect.flip(put(request)).pipe(Effect.provideService(Recorder.Recorder, recorder))
      assert(error._tag === "LintError")
      const kept = yield* last
      assert.strictEqual(Diagnosis.explain(kept ?? {}).code, "HF-S3-SIGN-001", "what was not sent can be explained")
      assert.deepStrictEqual(
        error.findings.map(({ _tag, code }) => [_tag, code]),
        [["UnsignedHeader", "HF-S3-SIGN-001"]],
      )
      assert.deepStrictEqual(error.verdict, Verdict.never({ change: "plan" }))
      assert.notInclude(JSON.stringify(error) + error.message, "feed")
      assert.lengthOf(server.requests, 0)
      yield* put({ ...request, lint: false })
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.scoped, live),
  )

  it.effect("asks the clock at every attempt: a URL that has expired is not sent again", () =>
    Effect.gen(function* () {
      let sent = 0
      const client = HttpClient.make((request) => {
        sent += 1
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored)))
      })
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 17, 30))
      const attempt = PresignedPut.put(client, {
        url: `http://127.0.0.1${signed({ "X-Amz-Expires": "600" })}`,
        body: bytes("x"),
        length: 1,
      })
      yield* attempt
      yield* TestClock.adjust("5 minutes")
      const error = yield* Effect.flip(attempt)
      assert.strictEqual(error._tag === "LintError" && error.findings[0]._tag, "UrlExpired")
      assert.strictEqual(error.verdict.change, "url")
      assert.strictEqual(sent, 1)
    }),
  )

  it.effect("believes a URL that came in long after it was signed: the clock here is fast", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      const receivedAt = Date.UTC(2026, 10, 23)
      yield* TestClock.setTime(receivedAt)
      const request = { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 }
      assert.strictEqual((yield* Effect.flip(PresignedPut.put(client, request)))._tag, "LintError")
      yield* PresignedPut.put(client, { ...request, receivedAt })
      yield* TestClock.adjust("15 minutes")
      yield* PresignedPut.put(client, { ...request, receivedAt })
      yield* TestClock.adjust("1 minute")
      const error = yield* Effect.flip(PresignedPut.put(client, { ...request, receivedAt }))
      assert.strictEqual(error._tag === "LintError" && error.findings[0]._tag, "UrlExpired")
    }),
  )

  it.effect("believes a URL that was signed later than it is here: the clock here is slow", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, stored))),
      )
      yield* TestClock.setTime(0)
      yield* PresignedPut.put(client, { url: `http://127.0.0.1${signed({})}`, body: bytes("x"), length: 1 })
    }),
  )

  it.effect("aborts the request when it is interrupted", () =>
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

/** The path and query of a URL that was signed on 21 November 2026 at 17:23:58 UTC. */
const signed = (change: Readonly<Record<string, string>>) =>
  `/b/k?${new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Expires": "900",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "feed".repeat(16),
    ...change,
  }).toString()}`

/** What a storage answers to a PUT whose ETag does not matter. */
const stored = { status: 200, headers: { "x-amz-request-id": "tx1" } }

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

const bytes = (text: string) => new TextEncoder().encode(text)

const put = (request: PresignedPut.Request) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => PresignedPut.put(client, request))

const live = Effect.provide(NodeHttpClient.layerUndici)

/** A storage on loopback that answers as told and remembers what it was sent. */
const serve = (
  answer: (n: number) => Answer | "hang",
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
