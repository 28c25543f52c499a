import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { S3Object } from "@holdfast/s3"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { keys, serve, type Content, type Fault } from "./support/objectServer.ts"

const key = "Clips/A 001+é~(1)*.mov"
const path = "/b/Clips/A%20001%2B%C3%A9~%281%29%2A.mov"
const contentOf = (): Content => ({ bytes: Buffer.from("0123456789"), etag: '"one"' })

const open = (options: { readonly content?: Content; readonly fault?: () => Fault; readonly key?: string } = {}) =>
  Effect.gen(function* () {
    const { content = contentOf(), fault } = options
    const server = yield* serve({ path, content, fault })
    const client = yield* HttpClient.HttpClient
    const storage: S3Object.Storage = { region: "eu-west-3", credentials: keys, endpoint: server.url }
    const location = { bucket: "b", key: options.key ?? key }
    const read = (offset: number, length: number, etag = '"one"') =>
      Stream.runCollect(S3Object.range(client, storage, location, { etag, offset, length })).pipe(
        Effect.map((pieces) => Buffer.concat(pieces).toString()),
      )
    return { attributes: S3Object.attributes(client, storage, location), content, read, server }
  })

const live = Effect.provide(NodeHttpClient.layerUndici)

describe("S3Object", () => {
  it.live("reads the attributes and a range with signed requests, also for a key that needs encoding", () =>
    Effect.gen(function* () {
      const { attributes, read, server } = yield* open()
      assert.deepStrictEqual(yield* attributes, {
        bytes: 10,
        etag: '"one"',
        modifiedAt: Date.parse("2026-11-30T20:00:00Z"),
      })
      assert.strictEqual(yield* read(3, 4), "3456")
      assert.deepStrictEqual(server.requests, ["HEAD", "GET bytes=3-6"])
    }).pipe(Effect.scoped, live),
  )

  it.live("fails with PreconditionFailed and emits nothing if the object has another ETag", () =>
    Effect.gen(function* () {
      const { content, read } = yield* open()
      content.etag = '"two"'
      content.bytes = Buffer.from("9876543210")
      const error = yield* Effect.flip(read(0, 10))
      assert.strictEqual(error._tag, "PreconditionFailed")
    }).pipe(Effect.scoped, live),
  )

  it.live("states the reason of a rejection, which the response to HEAD lacks", () =>
    Effect.gen(function* () {
      const { attributes, server } = yield* open({ key: "other" })
      const error = yield* Effect.flip(attributes)
      assert.strictEqual(error._tag, "NoSuchKey")
      assert.deepStrictEqual(server.requests, ["HEAD", "GET bytes=0-0"])
    }).pipe(Effect.scoped, live),
  )

  it.effect("names the endpoint of a bucket in another region, which the response to HEAD lacks", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) => {
        const endpoint = "<Endpoint>b.s3.eu-central-1.amazonaws.com</Endpoint>"
        const document = `<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message>${endpoint}</Error>`
        const body = request.method === "HEAD" ? null : document
        const response = new Response(body, { status: 301, headers: { "x-amz-request-id": "tx1" } })
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
      const storage = { region: "eu-west-3", credentials: keys }
      const error = yield* Effect.flip(S3Object.attributes(client, storage, { bucket: "b", key }))
      assert.strictEqual(
        error.message,
        "Elsewhere. (not followed: it leads to https://b.s3.eu-central-1.amazonaws.com)",
      )
    }),
  )

  it.live.each([
    ["a connection that ends early", "cut", ["ConnectionReset", "TruncatedBody", "TransportFailure"]],
    ["another range", "foreign range", ["RangeIgnored"]],
    ["the whole object", "whole", ["RangeIgnored"]],
    ["a response that does not end", "longer", ["RangeIgnored"]],
    ["a response without an ETag, which proves no version", "no ETag", ["RangeIgnored"]],
    ["the page of a captive portal, which is worth a retry", "page", ["CaptivePortal"]],
  ] as const)("fails after %s", ([, fault, tags]) =>
    Effect.gen(function* () {
      const { read } = yield* open({ fault: () => fault })
      const error = yield* Effect.flip(read(2, 5))
      assert.include([...tags], error._tag)
    }).pipe(Effect.scoped, live),
  )

  it.live("takes the page of a captive portal for no attribute of the object", () =>
    Effect.gen(function* () {
      const { attributes } = yield* open({ fault: () => "page" })
      const error = yield* Effect.flip(attributes)
      assert.deepStrictEqual([error._tag, error.verdict.retry], ["CaptivePortal", "always"])
    }).pipe(Effect.scoped, live),
  )

  it.effect("does not wait forever for the body of an error", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const client = HttpClient.make((request) =>
        Effect.as(
          Deferred.succeed(asked, undefined),
          HttpClientResponse.fromWeb(request, new Response(new ReadableStream(), { status: 500 })),
        ),
      )
      const read = S3Object.attributes(client, { region: "r", credentials: keys }, { bucket: "b", key })
      const fiber = yield* Effect.forkChild(Effect.flip(read))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimedOut")
    }),
  )

  it.live("asks for bytes that are not compressed, and releases the connection of a response that it cannot use", () =>
    Effect.gen(function* () {
      const cancelled: Array<string> = []
      const client = HttpClient.make((request) => {
        const { headers, method } = request
        assert.strictEqual(headers["accept-encoding"], "identity")
        const body = new ReadableStream({ cancel: () => void cancelled.push(method) })
        const found = { etag: '"one"', "content-range": "bytes 5-6/10", "content-length": "10" }
        const response =
          method === "HEAD" ? new Response(null, { status: 403 }) : new Response(body, { status: 206, headers: found })
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
      const storage = { region: "r", credentials: keys }
      const range = { etag: '"one"', offset: 0, length: 2 }
      const read = Stream.runDrain(S3Object.range(client, storage, { bucket: "b", key }, range))
      assert.strictEqual((yield* Effect.flip(read))._tag, "RangeIgnored")
      yield* Effect.flip(S3Object.attributes(client, storage, { bucket: "b", key }))
      assert.deepStrictEqual(cancelled, ["GET", "GET"])
    }),
  )

  const addressOf = (storage: Omit<S3Object.Storage, "credentials" | "region">, bucket = "b", region = "eu-west-3") =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const client = HttpClient.make((request) => {
        sent.push(request.url)
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 404 })))
      })
      const read = S3Object.attributes(client, { region, credentials: keys, ...storage }, { bucket, key: "a//b/" })
      const error = yield* Effect.flip(read)
      return sent[0] ?? error.message
    })

  it.effect.each([
    [undefined, "b", "https://b.s3.eu-west-3.amazonaws.com/a//b/"],
    [undefined, "Old_Bucket", "https://s3.eu-west-3.amazonaws.com/Old_Bucket/a//b/"],
    [undefined, "with.dots", "https://s3.eu-west-3.amazonaws.com/with.dots/a//b/"],
    ["http://MinIO:9000", "b", "http://minio:9000/b/a//b/"],
    ["HTTPS://storage.example:443/", "b", "https://storage.example/b/a//b/"],
    ["http://[::1]:9000", "b", "http://[::1]:9000/b/a//b/"],
    ["http://storage.example/s3/", "b", "http://storage.example/s3/b/a//b/"],
    [
      "http://user:hunter2@storage.example",
      "b",
      "The object has no address: the endpoint contains a password, a query or a fragment",
    ],
    [
      "http://storage.example?x=1",
      "b",
      "The object has no address: the endpoint contains a password, a query or a fragment",
    ],
    ["storage.example:9000", "b", "The object has no address: the endpoint is not an http or https URL"],
    [undefined, "..", "The object has no address: the name of the bucket is invalid"],
    [undefined, "a/b", "The object has no address: the name of the bucket is invalid"],
  ] as const)("finds the object at the endpoint %s in the bucket %s", ([endpoint, bucket, expected]) =>
    Effect.map(addressOf({ endpoint }, bucket), (address) => assert.strictEqual(address, expected)),
  )

  it.effect.each(["", "eu west", "x.evil.example/", "a\r\nb"])("sends nothing to the region %j", (region) =>
    Effect.map(addressOf({}, "b", region), (address) =>
      assert.strictEqual(address, "The object has no address: the name of the region is invalid"),
    ),
  )

  it.live("sends nothing for a key that no URL expresses", () =>
    Effect.gen(function* () {
      const { attributes, server } = yield* open({ key: "a/../b" })
      assert.strictEqual((yield* Effect.flip(attributes))._tag, "KeyInexpressible")
      assert.deepStrictEqual(server.requests, [])
    }).pipe(Effect.scoped, live),
  )

  it.live.each(["secret\n", "AKIA\u0000", "é"])("quotes no credential that cannot be sent: %j", (token) =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const credentials = { ...keys, accessKeyId: `HUSH${token}`, sessionToken: `hunter2${token}` }
      const storage = { region: "eu-west-3", credentials, endpoint: "http://127.0.0.1:1" }
      const error = yield* Effect.flip(S3Object.attributes(client, storage, { bucket: "b", key }))
      const text = `${JSON.stringify(error)} ${error.message} ${inspect(error, { depth: 9 })}`
      assert.notMatch(text, /hunter2|HUSH|wJalr/)
    }).pipe(Effect.scoped, live),
  )

  it.live("quotes no credential in an error", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const storage = { region: "eu-west-3", credentials: keys, endpoint: "http://127.0.0.1:1" }
      const error = yield* Effect.flip(S3Object.attributes(client, storage, { bucket: "b", key }))
      assert.strictEqual(error._tag, "ConnectionRefused")
      assert.notInclude(JSON.stringify(error), "wJalr")
      assert.notInclude(JSON.stringify(error), "AKIA")
    }).pipe(Effect.scoped, live),
  )
})
