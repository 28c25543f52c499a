import { assert, describe, it } from "@effect/vitest"
import * as Uncertain from "@holdfast/c2c/AssetCreationUncertain"
import * as Progress from "@holdfast/c2c/Progress"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { DecodeFailure } from "@holdfast/http"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import { SocketQueue } from "../src/internal/upload/socketQueue.ts"
import {
  api,
  breathe,
  drive,
  engine,
  expired,
  failed,
  isOpen,
  md5,
  randomFile,
  slowDown,
  storage,
  stored,
  url,
} from "./support/uploads.ts"

const succeeded = <A, E>(exit: Exit.Exit<A, E>): A => {
  assert(Exit.isSuccess(exit), "the upload failed")
  return exit.value
}

const progress = (events: ReadonlyArray<UploadEvent>) => events.reduce(Progress.next, Progress.empty)
const tags = (events: ReadonlyArray<UploadEvent>) => events.map((event) => event._tag)

const { version } = JSON.parse(Fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"))
const userAgent = `holdfast-c2c/${version}`

describe("Uploader", () => {
  it.effect("sends every byte to its URL and returns a receipt that marks the upload as verified", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(1_000_003)
      const store = storage()
      const { events, upload } = engine(store, api(7))
      const receipt = succeeded(yield* drive(upload({ path })))
      assert.deepStrictEqual(receipt, {
        path,
        assetId: "asset-1",
        name: "clip.mov",
        bytes: 1_000_003,
        chunks: 7,
        verified: true,
        unproven: 0,
        resumed: false,
        resentBytes: 0,
      })
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(events.slice(0, 2), [
        { _tag: "Opened", path, bytes: 1_000_003 },
        { _tag: "AssetCreated", assetId: "asset-1", chunks: 7, chunkSize: 142_858 },
      ])
      const end = progress(events)
      assert.deepStrictEqual([end.sent, end.confirmed, end.chunksConfirmed], [1_000_003, 1_000_003, 7])
      assert.isFalse(isOpen(path))
    }),
  )

  it.effect("requests an asset with the file's name, type, size and time", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10, "A001.MXF")
      Fs.utimesSync(path, 5, 5)
      const server = api(1)
      const { upload } = engine(storage(), server)
      succeeded(yield* drive(upload({ path })))
      succeeded(yield* drive(upload({ path, name: "Take 1.braw", filetype: "video/mp4", channel: 2 })))
      assert.deepStrictEqual(server.requests, [
        { name: "A001.MXF", filetype: "application/mxf", filesize: 10, createdAt: 5_000 },
        { name: "Take 1.braw", filetype: "video/mp4", filesize: 10, createdAt: 5_000, channel: 2 },
      ])
    }),
  )

  it.effect("sends only the headers covered by the URL signatures, the content length and the user agent", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(10)
      const store = storage()
      const { upload } = engine(store, api(3))
      succeeded(yield* drive(upload({ path })))
      const headers = store.puts.toSorted((a, b) => a.url.localeCompare(b.url)).map((put) => ({ ...put.headers }))
      const signed = { "content-type": "video/quicktime", "user-agent": userAgent, "x-amz-acl": "private" }
      assert.deepStrictEqual(headers, [
        { ...signed, "content-length": "4" },
        { ...signed, "content-length": "4" },
        { ...signed, "content-length": "2" },
      ])
    }),
  )

  it.effect.each([
    [undefined, 5],
    [2, 2],
    [0, 1],
  ] as const)("limits the chunks in flight: parallel %s allows %s", ([parallel, most]) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(4_000)
      const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
      const { upload } = engine(store, api(20))
      succeeded(yield* drive(upload({ path, ...(parallel === undefined ? undefined : { parallel }) })))
      assert.strictEqual(store.seen.most, most)
    }),
  )

  it.effect("uploads an empty file as an empty chunk", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(0)
      const store = storage()
      const receipt = succeeded(yield* drive(engine(store, api(1)).upload({ path })))
      assert.deepStrictEqual([receipt.bytes, receipt.chunks, receipt.verified], [0, 1, true])
      assert.deepStrictEqual(
        store.puts.map((put) => put.bytes.byteLength),
        [0],
      )
    }),
  )

  it.effect("sends one chunk to each URL even if there are more URLs than bytes", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(2)
      const store = storage()
      succeeded(yield* drive(engine(store, api(4)).upload({ path })))
      assert.strictEqual(store.puts.length, 4)
      assert.isTrue(store.joined(1).equals(content))
    }),
  )

  it.effect("fails if the server returns no URL", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(2)
      const error = failed(yield* drive(engine(storage(), api(0)).upload({ path })))
      assert.strictEqual(error._tag, "PlanRefused")
      assert.strictEqual(error.verdict.retry, "never")
    }),
  )

  it.effect("retries transient storage failures and subtracts the bytes counted for failed attempts", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(90)
      const store = storage((put) => (put.attempt <= 3 ? slowDown() : stored(md5(put.bytes))))
      const { events, upload } = engine(store, api(3))
      succeeded(yield* drive(upload({ path })))
      assert.isTrue(store.joined(1).equals(content))
      assert.strictEqual(store.puts.length, 12)
      const end = progress(events)
      assert.deepStrictEqual([end.sent, end.confirmed, end.failures], [90, 90, 9])
    }),
  )

  it.effect("gives up on a chunk after eight attempts and stops the other chunks", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      let interrupted = 0
      const store = storage((put) =>
        put.url === url(1, 0)
          ? slowDown()
          : Effect.onInterrupt(Effect.never, () =>
              Effect.sync(() => {
                interrupted++
              }),
            ),
      )
      const error = failed(yield* drive(engine(store, api(3)).upload({ path })))
      assert.strictEqual(error._tag, "SlowDown")
      assert.strictEqual(store.puts.filter((put) => put.url === url(1, 0)).length, 8)
      assert.strictEqual(interrupted, 2)
      assert.strictEqual(store.seen.inFlight, 0)
      assert.isFalse(isOpen(path))
    }),
  )

  describe("proof", () => {
    it.effect("resends a chunk if the stored bytes differ from the bytes that were sent", () =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const store = storage((put) =>
          stored(put.url === url(1, 1) && put.attempt <= 2 ? "0".repeat(32) : md5(put.bytes).toUpperCase()),
        )
        const { events, upload } = engine(store, api(3))
        assert.isTrue(succeeded(yield* drive(upload({ path }))).verified)
        assert.isTrue(store.joined(1).equals(content))
        assert.strictEqual(store.puts.length, 5)
        const failures = events.filter((event) => event._tag === "ChunkFailed")
        assert.deepStrictEqual(
          failures.map(({ bytes, error, index }) => [index, bytes, error._tag]),
          [
            [1, 0, "IntegrityMismatch"],
            [1, 0, "IntegrityMismatch"],
          ],
        )
      }),
    )

    it.effect("fails after eight attempts if the stored bytes of a chunk differ every time", () =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const store = storage(() => stored("0".repeat(32)))
        const error = failed(yield* drive(engine(store, api(1)).upload({ path })))
        assert(error._tag === "IntegrityMismatch")
        assert.deepStrictEqual([error.chunk, error.expected, error.actual], [0, md5(content), "0".repeat(32)])
        assert.strictEqual(store.puts.length, 8)
      }),
    )

    it.effect("does not accept an empty success response without an ETag as proof", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const store = storage((put) => stored(put.url === url(1, 1) ? undefined : md5(put.bytes)))
        const error = failed(yield* drive(engine(store, api(3)).upload({ path, parallel: 1 })))
        assert.strictEqual(error._tag, "Unverified")
        assert.include(error.message, "a response without an ETag")
        assert.strictEqual(store.puts.length, 2)
      }),
    )

    it.effect.each([
      ["an ETag", () => stored()],
      ["an ETag or a storage header", () => new Response(null, { status: 200 })],
    ] as const)("sends all chunks and counts the unproven ones if a success without %s is accepted", ([, answer]) =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const store = storage((put) => (put.url === url(1, 0) ? stored(md5(put.bytes)) : answer()))
        const receipt = succeeded(yield* drive(engine(store, api(3)).upload({ path, onUnverified: "accept" })))
        assert.deepStrictEqual([receipt.verified, receipt.unproven], [false, 2])
        assert.isTrue(store.joined(1).equals(content))
      }),
    )

    it.effect.each([
      ["an opaque ETag", "fail", () => stored("not-a-digest")],
      ["an opaque ETag, with unproven chunks accepted", "accept", () => stored("not-a-digest")],
      ["no ETag, with unproven chunks accepted", "accept", () => stored()],
    ] as const)(
      "does not accept a success that arrived before the body was sent as proof: %s",
      ([, onUnverified, answer]) =>
        Effect.gen(function* () {
          const { path } = yield* randomFile(9000)
          const queue = { watch: () => Effect.succeed(() => 1025) }
          const { upload } = engine(storage(answer), api(1))
          const sent = Effect.provideService(upload({ path, onUnverified }), SocketQueue, queue)
          const error = failed(yield* drive(sent))
          assert.strictEqual(error._tag, "Unverified")
        }),
    )

    it.effect("accepts the storage's MD5 as proof regardless of what the socket reports", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(9000)
        const queue = { watch: () => Effect.succeed(() => 9000) }
        const sent = Effect.provideService(engine(storage(), api(1)).upload({ path }), SocketQueue, queue)
        assert.isTrue(succeeded(yield* drive(sent)).verified)
      }),
    )

    it.effect.each([
      ["the ETag of a multipart object", "9bb58f26192e4ba00f01e2e7b136bbd8-3"],
      ["an opaque ETag", "not-a-digest"],
    ] as const)("reports that nothing was verified if the storage returns %s", ([, etag]) =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        // One chunk with a digest and one without: not every chunk was verified.
        const store = storage((put) => stored(put.url === url(1, 0) ? md5(put.bytes) : etag))
        assert.isFalse(succeeded(yield* drive(engine(store, api(2)).upload({ path }))).verified)
      }),
    )

    const changesOfFile = [
      ["grew", (path: string) => Fs.appendFileSync(path, "more")],
      ["was rewritten in place", (path: string) => Fs.writeFileSync(path, Buffer.alloc(90))],
      ["was removed", (path: string) => Fs.unlinkSync(path)],
      ["was truncated", (path: string) => Fs.truncateSync(path, 10)],
      [
        "was rewritten in place with its old modification time",
        (path: string) => {
          Fs.writeFileSync(path, Buffer.alloc(90))
          Fs.utimesSync(path, 5, 5)
        },
      ],
    ] as const

    it.effect.each(changesOfFile)("reports a changed file if the file %s during the upload", ([, change]) =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        Fs.utimesSync(path, 5, 5)
        const store = storage((put) => {
          if (put.url === url(1, 0)) change(path)
          return stored(md5(put.bytes))
        })
        const error = failed(yield* drive(engine(store, api(3)).upload({ path, parallel: 1 })))
        assert.strictEqual(error._tag, "FileChanged")
        assert.strictEqual(error.verdict.retry, "never")
        // The change is detected before the next chunk, which is not sent.
        assert.strictEqual(store.puts.length, 1)
      }),
    )

    it.effect.each(changesOfFile)(
      "reports a changed file if a file of one chunk %s before the chunk was sent",
      ([, change]) =>
        Effect.gen(function* () {
          const { content, path } = yield* randomFile(90)
          Fs.utimesSync(path, 5, 5)
          const store = storage((put) => stored(md5(put.bytes)))
          const onEvent = ({ _tag }: UploadEvent) => Effect.sync(() => _tag === "AssetCreated" && change(path))
          const error = failed(yield* drive(engine(store, api(1)).upload({ path, onEvent })))
          assert.strictEqual(error._tag, "FileChanged")
          // What was sent is the version that was opened, and not a mixture.
          assert.isTrue(store.joined(1).equals(content))
        }),
    )
  })

  describe("expired URLs", () => {
    it.effect("retries an expired URL once, and then creates a new asset to replace the URLs", () =>
      Effect.gen(function* () {
        const { content, path } = yield* randomFile(90)
        const server = api(3)
        const store = storage((put) => (put.url === url(1, 1) ? expired() : stored(md5(put.bytes))))
        const { events, upload } = engine(store, server)
        const receipt = succeeded(yield* drive(upload({ path })))
        assert.strictEqual(receipt.assetId, "asset-2")
        assert.strictEqual(server.requests.length, 2)
        assert.isTrue(store.joined(2).equals(content))
        assert.strictEqual(store.puts.filter((put) => put.url === url(1, 1)).length, 2)
        assert.strictEqual(tags(events).filter((tag) => tag === "Recreated").length, 1)
        assert.strictEqual(progress(events).confirmed, 90)
      }),
    )

    it.effect("does not treat URLs as expired if the API's clock is behind the local clock", () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2026, 10, 23))
        const { path } = yield* randomFile(90)
        const signature = new URLSearchParams({
          "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
          "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request",
          "X-Amz-Date": "20261121T172358Z",
          "X-Amz-Expires": "86400",
          "X-Amz-SignedHeaders": "content-type;host;x-amz-acl",
          "X-Amz-Signature": "feed".repeat(16),
        })
        const server = api(3, undefined, (unsigned) => `${unsigned.replace(/[?].*$/, "")}?${signature.toString()}`)
        succeeded(yield* drive(engine(storage(), server).upload({ path })))
        assert.strictEqual(server.requests.length, 1)
      }),
    )

    it.effect("creates a second asset if URLs keep expiring, but not a third", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const server = api(1)
        const error = failed(
          yield* drive(
            engine(
              storage(() => expired()),
              server,
            ).upload({ path }),
          ),
        )
        assert.strictEqual(error._tag, "AccessDenied")
        assert.strictEqual(server.requests.length, 2)
      }),
    )

    it.effect("does not replace expired URLs if the file has changed", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const server = api(1)
        const store = storage(() => {
          Fs.appendFileSync(path, "more")
          return expired()
        })
        assert.strictEqual(failed(yield* drive(engine(store, server).upload({ path })))._tag, "FileChanged")
        assert.strictEqual(server.requests.length, 1)
      }),
    )
  })

  describe("a lost response to a creation", () => {
    const lost = Uncertain.make(
      "clip.mov",
      new DecodeFailure({
        verdict: { retry: "once", pace: "transient", change: "nothing" },
        method: "POST",
        url: "http://api.test/v2/devices/assets",
        reached: "maybe",
      }),
    )

    it.effect("does not repeat a creation request by default if its response is lost", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const server = api(1, (nth) => (nth === 1 ? lost : undefined))
        const error = failed(yield* drive(engine(storage(), server).upload({ path })))
        assert.strictEqual(error._tag, "AssetCreationUncertain")
        assert.strictEqual(server.requests.length, 1)
      }),
    )

    it.effect("repeats a creation request after a lost response if the caller allows it", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const server = api(1, (nth) => (nth <= 3 ? lost : undefined))
        const { upload } = engine(storage(), server)
        const receipt = succeeded(yield* drive(upload({ path, onUncertainCreation: "repeat" })))
        assert.strictEqual(receipt.assetId, "asset-4")
      }),
    )

    it.effect("repeats a creation request at most seven times after lost responses", () =>
      Effect.gen(function* () {
        const { path } = yield* randomFile(90)
        const server = api(1, () => lost)
        const { upload } = engine(storage(), server)
        failed(yield* drive(upload({ path, onUncertainCreation: "repeat" })))
        assert.strictEqual(server.requests.length, 8)
      }),
    )
  })

  it.effect("does not let a missing file stop other uploads", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(90)
      const store = storage()
      const { upload } = engine(store, api(3))
      const [missing, good] = yield* Effect.all([drive(upload({ path: `${path}.none` })), drive(upload({ path }))], {
        concurrency: 2,
      })
      assert.strictEqual(failed(missing)._tag, "FileMissing")
      succeeded(good)
      assert.isTrue(store.joined(1).equals(content))
    }),
  )

  it.effect("does not request an asset if the file cannot be read", () =>
    Effect.gen(function* () {
      const server = api(1)
      const { events, upload } = engine(storage(), server)
      assert.strictEqual(failed(yield* drive(upload({ path: "/nowhere/clip.mov" })))._tag, "FileMissing")
      assert.deepStrictEqual([server.requests.length, events.length], [0, 0])
    }),
  )

  it.effect("closes the file and stops every chunk when the upload is interrupted", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const started = yield* Deferred.make<void>()
      let begun = 0
      const store = storage(() =>
        Effect.suspend(() => (++begun === 3 ? Deferred.succeed(started, undefined) : Effect.void)).pipe(
          Effect.andThen(Effect.never),
        ),
      )
      const fiber = yield* Effect.forkChild(engine(store, api(3)).upload({ path }))
      while (!(yield* Deferred.isDone(started))) {
        yield* breathe
        yield* TestClock.adjust(0)
      }
      assert.isTrue(isOpen(path))
      assert.strictEqual(store.seen.inFlight, 3)
      yield* Fiber.interrupt(fiber)
      assert.isFalse(isOpen(path))
      assert.strictEqual(store.seen.inFlight, 0)
      const puts = store.puts.length
      yield* TestClock.adjust("1 hour")
      yield* breathe
      assert.strictEqual(store.puts.length, puts)
    }),
  )
})
