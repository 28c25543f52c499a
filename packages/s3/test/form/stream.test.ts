import { assert, describe, it } from "@effect/vitest"
import type * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Cause, Effect, Ref, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { Readable } from "node:stream"
import { parts, serve } from "../support/formServer.ts"
import { clients, form, long, stored } from "../support/uploads.ts"

describe("PresignedPost.upload of a stream", () => {
  const halves = [long.subarray(0, 100_000), long.subarray(100_000)]
  const sources = (): Record<string, PresignedPost.StreamFile["stream"]> => ({
    effect: Stream.fromIterable(halves).pipe(Stream.rechunk(1)),
    web: new Blob([long]).stream(),
    node: Readable.from(halves),
  })

  for (const name of ["undici", "node:http"] as const) {
    it.effect(`announces the exact length of any type of stream when sending with ${name}`, () =>
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

    it.effect(
      `fails with ${name} if a stream's length differs from the announced length, and does not send S3 a complete form`,
      () =>
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

    it.effect(`preserves the stream's own failure when sending with ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* serve(() => stored)
        const stream = Stream.concat(Stream.make(halves[0]!), Stream.fail(new Error("disk gone")))
        const error = yield* Effect.flip((yield* form(server.url)).upload({ stream, size: long.length }))
        assert.notStrictEqual(error._tag, "FileLengthMismatch")
        assert.include(Cause.pretty(Cause.fail(error)), "disk gone")
      }).pipe(Effect.scoped, Effect.provide(clients[name])),
    )
  }

  it.effect("rejects a stream when sending with fetch, before reading the stream or sending a byte", () =>
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

  it.effect("reports a second attempt to send a stream that can be read only once", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const { node } = sources()
      const upload = (yield* form(server.url)).upload({ stream: node!, size: long.length })
      yield* upload
      const error = yield* Effect.flip(upload)
      assert.deepInclude(error, { _tag: "FileLengthMismatch", announced: long.length, actual: 0 })
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("runs an Effect stream again for every upload", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const { effect } = sources()
      const upload = (yield* form(server.url)).upload({ stream: effect!, size: long.length })
      yield* upload
      yield* upload
      assert.strictEqual(server.requests[0]?.body.length, server.requests[1]?.body.length)
    }).pipe(Effect.scoped, Effect.provide(clients.undici)),
  )

  it.effect("restarts the byte count if the client automatically resends the form", () =>
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

  it.effect("does not report success if the server responded before it received the whole file", () =>
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

  it.effect("rejects an invalid size and stream elements that are not bytes", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => stored)
      const post = yield* form(server.url)
      for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const error = yield* Effect.flip(post.upload({ stream: Stream.empty, size }))
        assert.deepInclude(error, { _tag: "InvalidPostOption", option: "file.size", value: String(size) })
      }
      // A page whose user has chosen no file; a stream without its size; a value that is not a stream.
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
