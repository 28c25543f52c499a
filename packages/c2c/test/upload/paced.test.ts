/** Chunks that a bandwidth limit slows down. */
import * as NodeStream from "@effect/platform-node/NodeStream"
import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@holdfast/c2c/Progress"
import { Clock, Effect, Exit, Fiber, Redacted, Stream } from "effect"
import type { Duration } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as ChunkBody from "../../src/internal/upload/chunkBody.ts"
import * as ChunkTimeout from "../../src/internal/upload/chunkTimeout.ts"
import { SocketQueue } from "../../src/internal/upload/socketQueue.ts"
import * as Stopwatch from "../../src/internal/upload/stopwatch.ts"
import { api, breathe, drive, engine, md5, randomFile, storage, stored } from "../support/uploads.ts"

const KiB = 1024

/** Grants at most `bytes` bytes, each time after a wait. */
const every = (wait: Duration.Input, bytes: number) => {
  const asked: Array<number> = []
  const pace = (most: number) =>
    Effect.map(Effect.sleep(wait), () => {
      asked.push(most)
      return Math.min(most, bytes)
    })
  return { pace, asked }
}

describe("a chunk under a bandwidth limit", () => {
  it.effect("is sent in pieces of the granted lengths, with its exact length and MD5", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(100 * KiB + 7)
      const { asked, pace } = every("1 second", 30 * KiB)
      const store = storage()
      const { events, upload } = engine(store, api(1))
      const exit = yield* drive(upload({ path, limits: { pace } }))
      assert(Exit.isSuccess(exit))
      assert.isTrue(exit.value.verified)
      assert.isTrue(store.joined(1).equals(content))
      assert.strictEqual(store.puts[0]?.pieces, 4)
      assert.strictEqual(store.puts[0]?.headers["content-length"], String(100 * KiB + 7))
      assert.deepStrictEqual(asked, [100 * KiB + 7, 70 * KiB + 7, 40 * KiB + 7, 10 * KiB + 7])
      assert.strictEqual(events.reduce(Progress.next, Progress.empty).sent, 100 * KiB + 7)
    }),
  )

  it.effect("is not paced if it is empty", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(0)
      const { asked, pace } = every("1 hour", 1)
      assert.isTrue(Exit.isSuccess(yield* drive(engine(storage(), api(1)).upload({ path, limits: { pace } }))))
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect("does not time out while the limit holds it", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(90)
      const { pace } = every("5 minutes", 30)
      const store = storage()
      const { events, upload } = engine(store, api(1))
      const startedAt = yield* Clock.currentTimeMillis
      // All bytes leave the socket at once.
      const allSent = { watch: () => Effect.succeed(() => 0) }
      const exit = yield* drive(Effect.provideService(upload({ path, limits: { pace } }), SocketQueue, allSent))
      assert.isTrue(Exit.isSuccess(exit))
      assert.isTrue(store.joined(1).equals(content))
      assert.isAtLeast((yield* Clock.currentTimeMillis) - startedAt, 15 * 60_000)
      assert.deepStrictEqual(
        events.filter(({ _tag }) => _tag === "ChunkFailed"),
        [],
      )
    }),
  )

  describe("the time that a limit holds it", () => {
    /** When and why an attempt of 1 000 000 bytes ends, if the limit holds it except for `busy` of every 10 s. */
    const ended = (queued: number | undefined, busy: number, sent: (second: number) => number | undefined) =>
      Effect.gen(function* () {
        const startedAt = yield* Clock.currentTimeMillis
        const clock = yield* Clock.Clock
        const second = () => (clock.currentTimeMillisUnsafe() - startedAt) / 1000
        const waited = Stopwatch.make()
        yield* Effect.forkScoped(
          Effect.forever(
            Effect.andThen(Stopwatch.timed(waited, Effect.sleep((10 - busy) * 1000)), Effect.sleep(busy * 1000)),
          ),
        )
        const handed = { pulled: 0, taken: 0, queued: () => queued, waited }
        const fiber = yield* ChunkTimeout.expiry(1_000_000, () => sent(second()), ChunkTimeout.limits(), {
          held: ChunkBody.heldBack(handed),
        }).pipe(
          Effect.map((reason) => [Math.round(second() / 10) * 10, reason] as const),
          Effect.forkScoped,
        )
        yield* TestClock.adjust("2 hours")
        return fiber.pollUnsafe() === undefined ? undefined : yield* Fiber.join(fiber)
      }).pipe(Effect.scoped)

    it.effect("does not count toward its timeout", () =>
      Effect.gen(function* () {
        // A quarter of the time counts: 60 s without a byte have passed after 300 s.
        assert.deepStrictEqual(yield* ended(0, 2, () => 5), [300, "no byte for 1m, 5 of 1000000 bytes sent"])
        assert.deepStrictEqual(yield* ended(undefined, 2, () => undefined), [1500, "no response within 5m"])
      }),
    )

    it.effect("counts while the socket has bytes to send, because the network is slower than the limit", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* ended(64 * KiB, 0.001, () => 5), [60, "no byte for 1m, 5 of 1000000 bytes sent"])
      }),
    )
  })

  it.effect("fails with Unverified if a response with an ETag arrives before its last piece was granted", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90 * KiB)
      const { pace } = every("1 second", 30 * KiB)
      const early = HttpClient.make((request) =>
        Effect.gen(function* () {
          const { body } = request
          if (body._tag !== "Stream") return yield* Effect.die("not streamed")
          yield* Effect.orDie(Stream.runDrain(Stream.take(body.stream, 1)))
          return HttpClientResponse.fromWeb(request, stored("9bb58f26192e4ba00f01e2e7b136bbd8-3"))
        }),
      )
      const store = { ...storage(), client: early }
      const { events, upload } = engine(store, api(1))
      const exit = yield* drive(upload({ path, onUnverified: "accept", limits: { pace } }))
      assert.isTrue(Exit.isFailure(exit))
      assert.include(
        events.flatMap((event) => (event._tag === "ChunkFailed" ? [event.error._tag] : [])),
        "Unverified",
      )
    }),
  )

  it.effect("is sent again from its first byte if an attempt fails in the middle, and each byte is paced", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(90)
      const { asked, pace } = every("1 second", 30)
      const store = storage((put) => (put.attempt === 1 ? "reset" : stored(md5(put.bytes))))
      const { upload } = engine(store, api(1))
      assert.isTrue(Exit.isSuccess(yield* drive(upload({ path, limits: { pace } }))))
      assert.isTrue(store.joined(1).equals(content))
      assert.deepStrictEqual(asked, [90, 60, 30, 90, 60, 30])
    }),
  )

  it.effect("does not count bytes as taken if the client's reader has only read them ahead of the socket", () =>
    Effect.gen(function* () {
      const length = 1000 * KiB
      const handed: ChunkBody.Handed = { pulled: 0, taken: 0, queued: () => undefined, waited: Stopwatch.make() }
      const transmit = ChunkBody.transmit({
        file: { read: () => Effect.void, unchanged: Effect.void },
        pool: { size: 0, allocated: () => 0, borrow: () => Effect.die("not buffered"), release: () => {} },
        put: (_chunk, _url, { body }) =>
          Effect.gen(function* () {
            if (!("stream" in body)) return yield* Effect.die("not streamed")
            const readable = yield* NodeStream.toReadable(body.stream)
            readable.on("error", () => {})
            readable.read(0)
            for (let n = 0; n < 200; n++) yield* breathe
            // One more piece is ready in the stream.
            assert.deepStrictEqual([handed.pulled, handed.taken], [68 * KiB, 0])
            let read = 0
            while (read < 100 * KiB) {
              const piece: unknown = readable.read()
              if (piece instanceof Uint8Array) read += piece.byteLength
              for (let n = 0; n < 20; n++) yield* breathe
              assert.isAtMost(handed.taken, read)
            }
            assert.isAbove(handed.taken, 0)
            readable.destroy()
            return "etag" as const
          }),
        pace: (most) => Effect.succeed(Math.min(most, 4 * KiB)),
      })
      yield* transmit({ index: 0, offset: 0, length }, Redacted.make("http://storage.test"), handed)
    }),
  )
})
