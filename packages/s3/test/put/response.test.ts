import { assert, describe, it } from "@effect/vitest"
import { PresignedPut } from "@holdfast/s3"
import { Effect, Exit, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { type Reply, bytes, live, put, serve, stored } from "../support/putServer.ts"

describe("PresignedPut", () => {
  it.effect("fails with the error from S3's document, and reads the request id", () =>
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

  it.effect("fails if the body is an error, even if the status is 200", () =>
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
    "accepts a success only if a request id, an ETag, the Server header or the document identifies the storage",
    () =>
      Effect.gen(function* () {
        const copied = '<?xml version="1.0" encoding="UTF-8"?>\n<CopyPartResult xmlns="http://s3.amazonaws.com/doc/">'
        const answers: ReadonlyArray<Reply> = [
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

  it.effect("rejects a success that arrived before the complete stream was read", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) => {
        if (request.body._tag !== "Stream") return Effect.die("no stream")
        // The server reads no more than this before it responds.
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

  it.effect("treats an empty success that does not identify the storage as unverified, and never retries it", () =>
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

  it.effect("attributes a success response to an intermediary if its body is not from the storage", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<Reply> = [
        { status: 200, body: "Access blocked by the firewall of this network. Upload quarantined." },
        { status: 200, headers: { "content-type": "application/json" }, body: '{"error":"quota exceeded"}' },
        { status: 201, headers: { "content-type": "application/json" }, body: '{"ok":true}' },
        // A web server sends an ETag for its own files.
        { status: 200, headers: { etag: '"64a-5f"', server: "nginx" }, body: "blocked" },
        { status: 200, headers: { etag: '"64a-5f"' }, body: "<error>blocked</error>" },
        { status: 200, body: '<?xml version="1.0"?><blocked/>' },
        { status: 200, body: "<ErrorResponse><Code>42</Code><Message>blocked</Message></ErrorResponse>" },
        { status: 200, body: "<LoginResponse>please</LoginResponse>" },
        // S3's own documents, none of which states that an object is stored.
        {
          status: 200,
          headers: { "x-amz-request-id": "tx1" },
          body: "<ListBucketResult><Name>b</Name></ListBucketResult>",
        },
        { status: 200, body: "<CopyPartResult><Message>denied</Message></CopyPartResult>" },
        // The content after the blanks is beyond the limit of reading.
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

  it.effect("accepts an empty success if CORS hides the storage's headers", () =>
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

  it.effect(
    "distinguishes a captive portal from S3: a page in place of a success, a redirect without a request id, " +
      "status 511",
    () =>
      Effect.gen(function* () {
        const answers: ReadonlyArray<readonly [Reply, string]> = [
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

  it.effect("does not follow a redirect from S3, and names its target without a secret", () =>
    Effect.gen(function* () {
      const document =
        "<Error><Code>TemporaryRedirect</Code><Message>Please re-send this request.</Message>" +
        "<Endpoint>b.s3-eu-west-1.amazonaws.com</Endpoint></Error>"
      const redirects: ReadonlyArray<readonly [Reply, string]> = [
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

  it.effect("removes the quotes and the weak prefix from an ETag, and returns no ETag if the response has none", () =>
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

  it.effect("treats an ETag as an MD5 only if S3 computes it as one", () =>
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

  it.effect("reads at most 64 KiB of the response body", () =>
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
})
