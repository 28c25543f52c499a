import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c/C2cError"
import * as Progress from "@holdfast/c2c/Progress"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import { MiB, realtimeApi, realtimeEngine, recorder } from "../support/realtime.ts"
import { breathe, drive, expired, failed, isOpen, md5, slowDown, storage, stored } from "../support/uploads.ts"
import type { RealtimeRequest } from "@holdfast/c2c/RealtimeUploader"

const succeeded = <A, E>(exit: Exit.Exit<A, E>): A => {
  assert(Exit.isSuccess(exit), `the upload failed: ${String(exit)}`)
  return exit.value
}

/** Uploads a recording of `bytes` bytes while it is recorded. */
const record = (bytes: number, options: Partial<RealtimeRequest> = {}, store = storage(), server = realtimeApi()) =>
  Effect.gen(function* () {
    const recording = yield* recorder(bytes)
    const { events, upload } = realtimeEngine(store, server)
    const { finished, path, run } = recording
    const both = Effect.all([Effect.exit(upload({ path, finished, ...options })), run], { concurrency: 2 })
    const [exit] = succeeded(yield* drive(both))
    return { ...recording, store, server, events, upload, exit }
  })

/** The sizes of the parts whose URLs were requested, and which of them is final. */
const requested = (server: ReturnType<typeof realtimeApi>) =>
  server.parts.flatMap(({ parts }) => parts.map(({ isFinal, number, size }) => [number, size, isFinal]))

describe("RealtimeUploader", { timeout: 30_000 }, () => {
  it.effect("sends each part while the recording grows, and the final part with the size of the asset", () =>
    Effect.gen(function* () {
      const { content, events, exit, path, server, store } = yield* record(13 * MiB + 7)
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(succeeded(exit), {
        path,
        assetId: "asset-1",
        name: "take.mov",
        bytes: 13 * MiB + 7,
        chunks: 3,
        verified: true,
        unproven: 0,
        resumed: false,
        resentBytes: 0,
        rewritten: 0,
      })
      assert.deepStrictEqual(server.parts, [
        { parts: [{ number: 1, size: 5 * MiB, isFinal: false }] },
        { parts: [{ number: 2, size: 5 * MiB, isFinal: false }] },
        { parts: [{ number: 3, size: 3 * MiB + 7, isFinal: true }], assetFilesize: 13 * MiB + 7 },
      ])
      const tags = events.map(({ _tag }) => _tag)
      assert.isTrue(tags.indexOf("ChunkConfirmed") < tags.indexOf("Ended"))
      const end = events.reduce(Progress.next, Progress.empty)
      assert.deepStrictEqual(
        [end.bytes, end.sent, end.confirmed, end.chunks, end.chunksConfirmed],
        [13 * MiB + 7, 13 * MiB + 7, 13 * MiB + 7, 3, 3],
      )
      assert.isFalse(isOpen(path))
    }),
  )

  it.effect.each([
    [1, [[1, 1, true]]],
    [5 * MiB, [[1, 5 * MiB, true]]],
    [
      5 * MiB + 1,
      [
        [1, 5 * MiB, false],
        [2, 1, true],
      ],
    ],
    [
      10 * MiB,
      [
        [1, 5 * MiB, false],
        [2, 5 * MiB, true],
      ],
    ],
  ] as const)("sends a final part of at least one byte for a recording of %d bytes", ([bytes, parts]) =>
    Effect.gen(function* () {
      const { content, exit, server, store } = yield* record(bytes)
      assert.strictEqual(succeeded(exit).bytes, bytes)
      assert.deepStrictEqual(
        requested(server),
        parts.map((part) => [...part]),
      )
      assert.isTrue(store.joined(1).equals(content))
    }),
  )

  it.effect("fails for an empty recording, and creates no asset", () =>
    Effect.gen(function* () {
      const { exit, server, store } = yield* record(0)
      const error = failed(exit)
      assert.strictEqual(error._tag, "PlanRefused")
      assert.include(error.message, "the recording is empty")
      assert.deepStrictEqual([server.created.length, store.puts.length], [0, 0])
    }),
  )

  it.effect("creates the asset when the first byte has been recorded", () =>
    Effect.gen(function* () {
      const { end, finished, path, record: write } = yield* recorder(1)
      const server = realtimeApi()
      const { upload } = realtimeEngine(storage(), server)
      const fiber = yield* Effect.forkChild(upload({ path, finished }))
      yield* drive(Effect.sleep("1 minute"))
      assert.strictEqual(server.created.length, 0)
      yield* drive(write)
      yield* drive(Effect.sleep("2 seconds"))
      assert.strictEqual(server.created.length, 1)
      yield* end
      succeeded(yield* drive(Fiber.join(fiber)))
    }),
  )

  it.effect("sends several parts at once, at most `parallel`, and starts them in the order of their numbers", () =>
    Effect.gen(function* () {
      const slow = storage((put) => Effect.as(Effect.sleep("1 minute"), stored(md5(put.bytes))))
      const { content, exit, server, store } = yield* record(21 * MiB, { parallel: 3 }, slow)
      succeeded(exit)
      assert.strictEqual(store.seen.most, 3)
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(
        requested(server).map(([number]) => number),
        [1, 2, 3, 4, 5],
      )
    }),
  )

  it.effect("requests the asset with the file's name, type and creation time", () =>
    Effect.gen(function* () {
      const { path, server } = yield* record(1, { channel: 2 })
      const { birthtimeMs, mtimeMs } = Fs.statSync(path)
      const [request] = server.created
      assert.deepInclude(request, { name: "take.mov", filetype: "video/quicktime", channel: 2 })
      assert.closeTo(request?.createdAt ?? 0, Math.min(birthtimeMs, mtimeMs), 1)
    }),
  )

  it.effect("sends the final name with the final part of an asset that was created with an extension", () =>
    Effect.gen(function* () {
      const finalName = Effect.succeed("A001C003.mp4")
      const { exit, server } = yield* record(5 * MiB + 1, { extension: ".mp4", finalName })
      assert.deepInclude(server.created[0], { name: { extension: ".mp4" }, filetype: "video/mp4" })
      assert.deepStrictEqual(
        server.parts.map(({ assetName }) => assetName),
        [undefined, "A001C003.mp4"],
      )
      assert.strictEqual(succeeded(exit).name, "A001C003.mp4")
      const later = yield* record(1, { extension: ".mp4" })
      assert.deepStrictEqual(later.server.parts.at(-1)?.assetName, "take.mov")
      const empty = yield* record(1, { extension: ".mp4", finalName: Effect.succeed("") })
      assert.strictEqual(failed(empty.exit).message, "name: is empty")
    }),
  )

  it.effect("does not send anything and does not repeat the creation if the channel is paused", () =>
    Effect.gen(function* () {
      const body = `{"code":409,"message":"Channel Paused"}`
      const paused = C2cError.fromResponse({ status: 409, headers: {}, body })
      const { exit, server, store } = yield* record(6 * MiB, {}, storage(), realtimeApi({ create: () => paused }))
      const error = failed(exit)
      assert.deepStrictEqual([error._tag, error.verdict.retry], ["ChannelPaused", "never"])
      assert.deepStrictEqual([server.created.length, server.parts.length, store.puts.length], [1, 0, 0])
    }),
  )

  it.effect("refuses a part size that S3 does not accept before it opens the file", () =>
    Effect.gen(function* () {
      const { upload } = realtimeEngine(storage(), realtimeApi())
      const exit = yield* drive(upload({ path: "/missing.mov", finished: Effect.void, partSize: MiB }))
      assert.strictEqual(failed(exit)._tag, "PlanRefused")
    }),
  )

  it.effect("dies with the defect of `finished`, even if it occurs while all permits for parts are taken", () =>
    Effect.gen(function* () {
      const finished = Effect.andThen(Effect.sleep("30 seconds"), Effect.die("no slate"))
      const slow = storage((put) => Effect.as(Effect.sleep("1 minute"), stored(md5(put.bytes))))
      const { exit, server } = yield* record(16 * MiB, { finished, parallel: 1 }, slow)
      assert.isTrue(Exit.hasDies(exit))
      assert.isFalse(requested(server).some(([, , isFinal]) => isFinal))
    }),
  )

  it.effect("closes the file and sends nothing more after an interruption", () =>
    Effect.gen(function* () {
      const { finished, path, record: write } = yield* recorder(13 * MiB)
      const store = storage(() => Effect.never)
      const { upload } = realtimeEngine(store, realtimeApi())
      const fiber = yield* Effect.forkChild(upload({ path, finished }))
      yield* drive(write)
      yield* drive(Effect.sleep("2 seconds"))
      assert.strictEqual(store.seen.inFlight, 2)
      yield* Fiber.interrupt(fiber)
      yield* breathe
      assert.strictEqual(store.seen.inFlight, 0)
      assert.isFalse(isOpen(path))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(store.puts.length, 2)
    }),
  )

  it.effect("uploads a file whose recording has already ended, with parts that are too large for a buffer", () =>
    Effect.gen(function* () {
      const { path } = yield* recorder(0)
      Fs.truncateSync(path, 65 * MiB + 1)
      const store = storage()
      const { upload } = realtimeEngine(store, realtimeApi())
      const receipt = succeeded(yield* drive(upload({ path, finished: Effect.void, partSize: 65 * MiB })))
      assert.deepStrictEqual([receipt.bytes, receipt.chunks, receipt.verified], [65 * MiB + 1, 2, true])
      assert.deepStrictEqual(
        store.puts.map(({ bytes, pieces }) => [bytes.byteLength, pieces]),
        [
          [65 * MiB, 65],
          [1, 1],
        ],
      )
    }),
  )

  it.effect("compares parts with the file even if the storage states no MD5", () =>
    Effect.gen(function* () {
      const bare = storage(() => stored())
      const { exit, store } = yield* record(6 * MiB, { onUnverified: "accept" }, bare)
      const { unproven, verified } = succeeded(exit)
      assert.deepStrictEqual([unproven, verified, store.puts.length], [2, false, 2])
      const strict = yield* record(6 * MiB, {}, bare)
      assert.strictEqual(failed(strict.exit)._tag, "Unverified")
    }),
  )

  it.effect("takes a permit of the shared limits for each attempt, and paces the bytes", () =>
    Effect.gen(function* () {
      const taken: Array<number> = []
      let paced = 0
      const limits: RealtimeRequest["limits"] = {
        slot: (attempt, length) =>
          Effect.andThen(
            Effect.sync(() => taken.push(length)),
            attempt,
          ),
        pace: (most) =>
          Effect.sync(() => {
            paced += most
            return most
          }),
      }
      const { exit } = yield* record(6 * MiB, { limits })
      succeeded(exit)
      assert.deepStrictEqual([taken, paced], [[5 * MiB, MiB], 6 * MiB])
    }),
  )

  describe("a part", () => {
    it.effect("is sent again after a transient failure of the storage", () =>
      Effect.gen(function* () {
        const flaky = storage((put) => (put.attempt <= 3 ? slowDown() : stored(md5(put.bytes))))
        const { content, exit, store } = yield* record(11 * MiB, {}, flaky)
        succeeded(exit)
        assert.strictEqual(store.puts.length, 12)
        assert.isTrue(store.joined(1).equals(content))
      }),
    )

    it.effect("is sent again if the stored bytes differ", () =>
      Effect.gen(function* () {
        const spoiling = storage((put) => stored(put.attempt === 1 ? "0".repeat(32) : md5(put.bytes)))
        const { events, exit } = yield* record(6 * MiB, {}, spoiling)
        assert.isTrue(succeeded(exit).verified)
        assert.strictEqual(events.filter(({ _tag }) => _tag === "ChunkFailed").length, 2)
      }),
    )

    it.effect("gets a new URL if the storage rejects its URL, in the same asset", () =>
      Effect.gen(function* () {
        const strict = storage((put) => (put.url.endsWith("/2?old") ? expired() : stored(md5(put.bytes))))
        const sign = (url: string, nth: number) => (url.endsWith("/2") && nth <= 2 ? `${url}?old` : url)
        const { content, exit, server, store } = yield* record(11 * MiB, {}, strict, realtimeApi({ sign }))
        succeeded(exit)
        assert.deepStrictEqual(
          requested(server).map(([number]) => number),
          [1, 2, 2, 2, 3],
        )
        assert.strictEqual(server.created.length, 1)
        assert.isTrue(store.joined(1).equals(content))
      }),
    )

    it.effect("fails if the storage rejects three URLs", () =>
      Effect.gen(function* () {
        const strict = storage(() => expired())
        const { exit, server } = yield* record(6 * MiB, {}, strict)
        assert.strictEqual(failed(exit)._tag, "AccessDenied")
        assert.strictEqual(server.parts.length, 3)
      }),
    )

    it.effect("fails with the API's error if the API rejects the request for its URL", () =>
      Effect.gen(function* () {
        const gone = C2cError.fromResponse({ status: 422, headers: {}, body: `{"message":"Invalid Argument"}` })
        const server = realtimeApi({ parts: (nth) => (nth === 2 ? gone : undefined) })
        const { exit, store } = yield* record(11 * MiB, {}, storage(), server)
        assert.strictEqual(failed(exit)._tag, "InvalidArgument")
        assert.strictEqual(store.puts.length, 1)
      }),
    )
  })
})
