import { assert, describe, it } from "@effect/vitest"
import * as S3Source from "@holdfast/c2c/S3Source"
import { SourceFiles } from "@holdfast/c2c/SourceFile"
import { ConfigProvider, Effect, Fiber, Layer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { randomBytes } from "node:crypto"
import { credentials, type Fault, objects } from "../support/objects.ts"
import { journal } from "../support/sessions.ts"
import { api, drive, engine, failed, md5, storage, stored } from "../support/uploads.ts"

const path = "s3://reels/Day 1/A001+é.mov"

const setUp = (size = 1_000_003, fault?: (nth: number) => Fault) => {
  const bucket = objects(fault)
  const content = randomBytes(size)
  bucket.stored.set(path, content)
  const store = storage()
  const upload = (urls: number, target = store) => engine(target, api(urls), undefined, undefined, bucket.source).upload
  return { bucket, content, store, upload }
}

describe("S3Source", () => {
  it.effect("uploads an object with one request for each chunk, and one for each check", () =>
    Effect.gen(function* () {
      const { bucket, content, store, upload } = setUp()
      const exit = yield* drive(upload(4)({ path, parallel: 1 }))
      assert(exit._tag === "Success")
      const { bytes, name, verified } = exit.value
      assert.deepStrictEqual([name, bytes, verified], ["A001+é.mov", content.byteLength, true])
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(bucket.requests, [
        "HEAD",
        "GET bytes=0-250000",
        "GET bytes=250001-500001",
        "GET bytes=500002-750002",
        "GET bytes=750003-1000002",
        "HEAD",
      ])
    }),
  )

  it.effect("streams a paced chunk with one request", () =>
    Effect.gen(function* () {
      const { bucket, content, store, upload } = setUp(3_000_000)
      const limits = { pace: (bytes: number) => Effect.succeed(Math.min(bytes, 70_000)) }
      const exit = yield* drive(upload(1)({ path, limits }))
      assert.strictEqual(exit._tag, "Success")
      assert.isTrue(store.joined(1).equals(content))
      assert.strictEqual(store.puts[0]?.pieces, 43)
      assert.deepStrictEqual(bucket.requests, ["HEAD", "GET bytes=0-2999999", "HEAD"])
    }),
  )

  it.effect("does not count the time of a slow source as that of the storage to which it sends", () =>
    Effect.gen(function* () {
      const { bucket, content, store } = setUp(2000)
      const slow = Layer.effect(
        SourceFiles,
        Effect.map(Effect.provide(SourceFiles, bucket.source), (files) => ({
          ...files,
          open: (...call: Parameters<typeof files.open>) =>
            Effect.map(files.open(...call), (file) => ({
              ...file,
              read: (...args: Parameters<typeof file.read>) => Effect.delay(file.read(...args), "20 minutes"),
            })),
        })),
      )
      const exit = yield* drive(engine(store, api(1), undefined, undefined, slow).upload({ path }))
      assert.strictEqual(exit._tag, "Success")
      assert.isTrue(store.joined(1).equals(content))
      assert.strictEqual(store.puts.length, 1)
    }),
  )

  it.effect("gives up a storage that sends a byte now and then", () =>
    Effect.gen(function* () {
      let drip = () => {}
      const client = HttpClient.make((request) => {
        const found = { etag: '"one"', "content-range": "bytes 0-99/100", "content-length": "100" }
        const body = new ReadableStream({
          start: (controller) => {
            drip = () => controller.enqueue(new Uint8Array(1))
          },
        })
        const response =
          request.method === "HEAD"
            ? new Response(null, { headers: found })
            : new Response(body, { status: 206, headers: found })
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
      const source = S3Source.layer({ region: "r", credentials }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
      )
      const files = yield* Effect.provide(SourceFiles, source)
      const file = yield* files.open(path)
      const fiber = yield* Effect.forkChild(Effect.flip(file.read(new Uint8Array(100), 0)))
      const settled = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      yield* settled
      for (let n = 0; n < 2; n++) {
        drip()
        yield* settled
        yield* TestClock.adjust("50 seconds")
      }
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.verdict.retry], ["ObjectUnavailable", "always"])
      assert.include(error.message, "less than 8192 bytes a second")
    }).pipe(Effect.scoped),
  )

  it.effect("uploads an empty object", () =>
    Effect.gen(function* () {
      const { bucket, store, upload } = setUp(0)
      const exit = yield* drive(upload(1)({ path }))
      assert.strictEqual(exit._tag, "Success")
      assert.strictEqual(store.joined(1).byteLength, 0)
      assert.deepStrictEqual(bucket.requests, ["HEAD", "HEAD"])
    }),
  )

  it.effect("fails with FileChanged and mixes nothing if the object is replaced between two chunks", () =>
    Effect.gen(function* () {
      const { bucket, content, upload } = setUp()
      const store = storage((put) => {
        bucket.stored.set(path, randomBytes(content.byteLength))
        return stored(md5(put.bytes))
      })
      const error = failed(yield* drive(upload(4, store)({ path, parallel: 1 })))
      assert.strictEqual(error._tag, "FileChanged")
      assert.strictEqual(store.puts.length, 1)
    }),
  )

  it.effect("does not continue the upload of an earlier process if the object was replaced", () =>
    Effect.gen(function* () {
      const { bucket, content, upload } = setUp()
      const record = journal()
      yield* drive(upload(4)({ path, parallel: 1, session: record.session({ stop: { at: 4, when: "after" } }) }))
      bucket.stored.set(path, randomBytes(content.byteLength))
      const error = failed(yield* drive(upload(4)({ path, session: record.session() })))
      assert.strictEqual(error.message, `${path}: changed during the upload (ETag since the upload began)`)
    }),
  )

  it.effect("compares each confirmed part with one request when it continues the upload of an earlier process", () =>
    Effect.gen(function* () {
      const { bucket, content, store, upload } = setUp(5_000_000)
      const record = journal()
      yield* drive(upload(2)({ path, parallel: 1, session: record.session({ stop: { at: 4, when: "after" } }) }))
      bucket.requests.length = 0
      const exit = yield* drive(upload(2)({ path, parallel: 1, session: record.session() }))
      assert.strictEqual(exit._tag, "Success")
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(bucket.requests, ["HEAD", "GET bytes=0-2499999", "GET bytes=2500000-4999999", "HEAD"])
    }),
  )

  it.effect("waits as after any other failure while the storage of the object does not answer", () =>
    Effect.gen(function* () {
      const { content, store, upload } = setUp(5000, (nth) => (nth === 1 || nth === 3 ? "refused" : undefined))
      const exit = yield* drive(upload(1)({ path }))
      assert.strictEqual(exit._tag, "Success")
      assert.isTrue(store.joined(1).equals(content))
    }),
  )

  it.effect("fails after the attempts of the standard policy, and creates no asset", () =>
    Effect.gen(function* () {
      const { bucket, store, upload } = setUp(5000, () => "refused")
      const error = failed(yield* drive(upload(1)({ path })))
      assert.strictEqual(error._tag, "ObjectUnavailable")
      assert.strictEqual(bucket.requests.length, 8)
      assert.strictEqual(store.puts.length, 0)
    }),
  )

  it.effect.each([
    ["NoSuchKey", 404, "ObjectMissing", "check the bucket and the key"],
    ["NoSuchBucket", 404, "ObjectMissing", "check the bucket and the key"],
    ["AccessDenied", 403, "ObjectDenied", "check the key, and permit these credentials to read it (s3:GetObject)"],
    ["SignatureDoesNotMatch", 403, "ObjectDenied", "check the secret access key"],
    ["InvalidObjectState", 403, "ObjectDenied", "restore the object from the archive first"],
    ["ExpiredToken", 400, "ObjectDenied", "get new session credentials"],
    ["InvalidToken", 400, "ObjectDenied", "check the session token"],
    ["constructor", 403, "ObjectDenied", "check the key, and permit these credentials to read it (s3:GetObject)"],
    ["AuthorizationHeaderMalformed", 400, "ObjectRefused", "check the bucket, the region and the endpoint"],
    ["PermanentRedirect", 301, "ObjectRefused", "check the bucket, the region and the endpoint"],
  ] as const)("reports %s with its remedy", ([code, status, tag, action]) =>
    Effect.gen(function* () {
      const { bucket } = setUp(10, () => ({ code, status }))
      const files = yield* Effect.provide(SourceFiles, bucket.source)
      const error = yield* Effect.flip(Effect.scoped(files.open(path)))
      assert.strictEqual(error._tag, tag)
      assert.strictEqual("action" in error && error.action, action)
      assert.notInclude(JSON.stringify(error), "wJalr")
    }),
  )

  it.effect("lists the paths of the objects in a folder and in a bucket", () =>
    Effect.gen(function* () {
      const { bucket } = setUp(10)
      bucket.stored.set("s3://reels/Day 2/B.mov", Buffer.alloc(1)).set("s3://others/C.mov", Buffer.alloc(1))
      const { list } = yield* Effect.provide(SourceFiles, bucket.source)
      assert.deepStrictEqual(yield* list("s3://reels/Day 1/"), [path])
      assert.deepStrictEqual(yield* list("s3://reels"), [path, "s3://reels/Day 2/B.mov"])
      assert.deepStrictEqual(yield* list("s3://reels/"), [path, "s3://reels/Day 2/B.mov"])
    }),
  )

  it.effect.each([
    ["AccessDenied", 403, "ObjectDenied", "check the bucket, and permit these credentials to list it (s3:ListBucket)"],
    ["NoSuchBucket", 404, "ObjectMissing", "check the bucket"],
    ["SlowDown", 503, "ObjectUnavailable", "check the endpoint and the network"],
  ] as const)("reports %s for a folder with its remedy", ([code, status, tag, action]) =>
    Effect.gen(function* () {
      const { bucket } = setUp(10, () => ({ code, status }))
      const { list } = yield* Effect.provide(SourceFiles, bucket.source)
      const error = yield* Effect.flip(list("s3://reels/Day 1/"))
      assert.deepStrictEqual([error._tag, "action" in error && error.action], [tag, action])
    }),
  )

  it.effect.each(["s3://", "s3:///", "s3://a b/", "s3://reels/clip.mov"])("lists nothing for %s", (wrong) =>
    Effect.gen(function* () {
      const { bucket } = setUp(10)
      const { list } = yield* Effect.provide(SourceFiles, bucket.source)
      assert.strictEqual((yield* Effect.flip(list(wrong)))._tag, "ObjectRefused")
      assert.deepStrictEqual(bucket.requests, [])
    }),
  )

  it.effect.each(["s3://reels", "s3://reels/", "s3://reels/folder/", "s3:///key", "s3://a b/key", "s3://b/a/../c"])(
    "sends nothing for %s, which names no object",
    (wrong) =>
      Effect.gen(function* () {
        const { bucket } = setUp(10)
        const files = yield* Effect.provide(SourceFiles, bucket.source)
        assert.strictEqual((yield* Effect.flip(files.version(wrong)))._tag, "ObjectRefused")
        assert.deepStrictEqual(bucket.requests, [])
      }),
  )

  it.effect("takes empty variables for missing ones, and the line end of a mounted secret for no part of it", () =>
    Effect.gen(function* () {
      const sent: Array<readonly [string, string | undefined, string | undefined]> = []
      const client = HttpClient.make(({ headers, url }) => {
        const credential = /Credential=([^/]+)/.exec(headers["authorization"] ?? "")?.[1]
        return Effect.sync(() => sent.push([url, credential, headers["x-amz-security-token"]])).pipe(
          Effect.andThen(Effect.die("not sent")),
        )
      })
      const env = {
        AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE\n",
        AWS_SECRET_ACCESS_KEY: "secret\n",
        AWS_SESSION_TOKEN: "",
        AWS_REGION: "",
        AWS_DEFAULT_REGION: "eu-west-3",
        AWS_ENDPOINT_URL_S3: "",
        AWS_ENDPOINT_URL: " ",
      }
      yield* Effect.flatMap(SourceFiles, (files) => files.version("s3://reels/a.mov")).pipe(
        Effect.exit,
        Effect.provide(
          Layer.fresh(S3Source.layerConfig).pipe(
            Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
            Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
          ),
        ),
      )
      assert.deepStrictEqual(sent, [
        ["https://reels.s3.eu-west-3.amazonaws.com/a.mov", "AKIAIOSFODNN7EXAMPLE", undefined],
      ])
    }),
  )

  it.effect("fails for an object without a source, and without credentials in the environment", () =>
    Effect.gen(function* () {
      const { bucket } = setUp(10)
      const version = Effect.flatMap(SourceFiles, (files) => Effect.flip(files.version(path)))
      assert.strictEqual((yield* version)._tag, "ObjectsUnsupported")
      const from = (env: Record<string, string>) =>
        Layer.fresh(S3Source.layerConfig).pipe(
          Layer.provide(
            Layer.succeed(
              HttpClient.HttpClient,
              HttpClient.make(() => Effect.die("a request")),
            ),
          ),
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
        )
      const keys = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" }
      const messages = yield* Effect.forEach(
        [
          {},
          { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" },
          { ...keys, AWS_SECRET_ACCESS_KEY: "" },
          { ...keys, AWS_ENDPOINT_URL: "minio:9000" },
        ],
        (env) => Effect.map(Effect.provide(version, from(env)), ({ message }) => message),
      )
      const reason = (text: string) => `${path}: this process cannot read objects in S3 (${text})`
      assert.deepStrictEqual(messages, [
        reason("no credentials"),
        reason("no credentials"),
        reason("no credentials"),
        reason("the endpoint is not a URL"),
      ])
      assert.deepStrictEqual(bucket.requests, [])
    }),
  )
})
