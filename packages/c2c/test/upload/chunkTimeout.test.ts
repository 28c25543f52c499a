import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as PresignedPut from "@holdfast/s3/PresignedPut"
import { Clock, Effect, Fiber } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import * as ChunkTimeout from "../../src/internal/upload/chunkTimeout.ts"
import { SocketQueue } from "../../src/internal/upload/socketQueue.ts"
import { breathe } from "../support/uploads.ts"

const KiB = 1024
const MiB = 1024 * KiB

/**
 * When (in seconds) and why an attempt ends, by the number of bytes that have left at each second; `undefined` if not within a
 * day.
 */
const ended = (length: number, sent: (second: number) => number | undefined, limits = ChunkTimeout.limits()) =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    const clock = yield* Clock.Clock
    const now = () => (clock.currentTimeMillisUnsafe() - startedAt) / 1000
    let at = 0
    const fiber = yield* ChunkTimeout.expiry(length, () => sent(now()), limits).pipe(
      Effect.tap(() =>
        Effect.sync(() => {
          at = now()
        }),
      ),
      Effect.forkChild,
    )
    yield* TestClock.adjust("1 day")
    if (fiber.pollUnsafe() === undefined) return yield* Effect.as(Fiber.interrupt(fiber), undefined)
    return [at, yield* Fiber.join(fiber)] as const
  })

describe("ChunkTimeout", () => {
  it.effect("does not end an attempt that sends at least 8 KiB/s", () =>
    Effect.gen(function* () {
      // 20 MB at the 22 KB/s of a location take 15 min; then the response has 5 min.
      const length = 20_000_000
      const end = yield* ended(length, (second) => Math.min(length, second * 22_000))
      assert.deepStrictEqual(end, [910 + 300, "no response within 5m after the last byte was sent"])
      assert.deepStrictEqual(yield* ended(64 * MiB, (second) => Math.min(64 * MiB, second * 8 * KiB)), [
        8192 + 300,
        "no response within 5m after the last byte was sent",
      ])
    }),
  )

  it.effect("ends an attempt that is slower than 8 KiB/s, but not before five minutes have passed", () =>
    Effect.gen(function* () {
      const length = 20_000_000
      assert.deepStrictEqual(yield* ended(length, (second) => second * 8000), [
        300,
        "the transfer rate was below 8192 bytes/s after 5m, 2400000 of 20000000 bytes sent",
      ])
      // Fast for eight minutes, then slow: the rate of the last minutes counts, not the average.
      const end = yield* ended(length, (second) => Math.min(second, 480) * 20_000 + Math.max(0, second - 480) * 1000)
      assert.isAtLeast(end?.[0] ?? 0, 480)
      assert.isAtMost(end?.[0] ?? 0, 600)
    }),
  )

  it.effect(
    "ends an attempt that sends no bytes for 60 s while bytes remain, whether at the start or in the middle",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* ended(100, () => 0), [60, "no byte for 1m, 0 of 100 bytes sent"])
        const stuck = yield* ended(MiB, (second) => Math.min(second, 200) * 1000)
        assert.deepStrictEqual(stuck, [260, "no byte for 1m, 200000 of 1048576 bytes sent"])
        // A byte a minute is not a stall, but too slow.
        const drip = yield* ended(100, (second) => Math.floor(second / 59))
        assert.deepStrictEqual(drip, [300, "the transfer rate was below 8192 bytes/s after 5m, 5 of 100 bytes sent"])
      }),
  )

  it.effect("always allows five minutes for the response after the last byte", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ended(300_000, () => 300_000), [
        300,
        "no response within 5m after the last byte was sent",
      ])
      const late = yield* ended(MiB, (second) => Math.min(MiB, second * 20_000))
      assert.deepStrictEqual(late, [53 + 300, "no response within 5m after the last byte was sent"])
    }),
  )

  it.effect("allows five minutes for every 64 MiB, rounded up, if progress cannot be observed", () =>
    Effect.gen(function* () {
      for (const [length, seconds] of [
        [0, 300],
        [1, 300],
        [64 * MiB, 300],
        [64 * MiB + 1, 600],
        [5 * 1024 * MiB, 24_000],
      ] as const) {
        const [at] = (yield* ended(length, () => undefined)) ?? []
        assert.strictEqual(at, seconds)
      }
    }),
  )

  it("accepts custom limits and rejects invalid and unknown options", () => {
    assert.deepStrictEqual(ChunkTimeout.limits({ total: "1 minute", idle: "5 seconds", rate: 100 }), {
      total: 60_000,
      idle: 5000,
      rate: 100,
    })
    assert.throws(() => ChunkTimeout.limits({ idle: 0 }), /idle/)
    assert.throws(() => ChunkTimeout.limits({ rate: 0 }), /rate/)
    assert.throws(() => ChunkTimeout.limits({ totl: 1 } as never), /totl.*total/)
  })

  it.effect.skipIf(process.platform !== "linux")(
    "does not count bytes that the kernel holds for a peer that does not read (Linux)",
    () =>
      Effect.gen(function* () {
        const length = 2 * MiB
        let held: IncomingMessage | undefined
        const server = createServer((request, response) => {
          held = request.pause()
          request.on("end", () => response.writeHead(200, { "content-length": 0, etag: '"x"' }).end())
        })
        yield* Effect.acquireRelease(
          Effect.callback<void>((resume) => {
            server.listen(0, "127.0.0.1", () => resume(Effect.void))
          }),
          () => Effect.sync(() => server.close()),
        )
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/part/1`
        yield* Effect.gen(function* () {
          const queued = yield* (yield* SocketQueue).watch(url)
          const client = yield* HttpClient.HttpClient
          const sending = yield* Effect.forkChild(
            PresignedPut.put(client, { url, body: new Uint8Array(length), length }),
          )
          while (held === undefined) yield* breathe
          for (let n = 0; n < 20; n++) yield* breathe
          // The peer's socket accepts a part before its program reads; the local kernel would accept everything.
          assert.isAbove(queued() ?? 0, length / 4)
          held.on("data", () => {}).resume()
          yield* Fiber.join(sending)
          while (queued() !== 0) yield* breathe
        }).pipe(Effect.scoped)
      }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("reads from the socket how many bytes are still queued, and stops when the attempt ends", () =>
    Effect.gen(function* () {
      const length = 24 * MiB
      let held: IncomingMessage | undefined
      const server = createServer((request, response) => {
        held = request.pause()
        request.on("end", () => response.writeHead(200, { "content-length": 0, etag: '"x"' }).end())
      })
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => {
          server.listen(0, "127.0.0.1", () => resume(Effect.void))
        }),
        () => Effect.sync(() => server.close()),
      )
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/part/1?a=%2B`
      const watching = yield* Effect.gen(function* () {
        const { watch } = yield* SocketQueue
        const queued = yield* watch(url)
        assert.isUndefined(queued())
        const client = yield* HttpClient.HttpClient
        const sending = yield* Effect.forkChild(PresignedPut.put(client, { url, body: new Uint8Array(length), length }))
        while (held === undefined) yield* breathe
        const before = queued() ?? 0
        assert.isAbove(before, 0)
        assert.isBelow(before, length)
        held.on("data", () => {}).resume()
        yield* Fiber.join(sending)
        assert.notStrictEqual(queued(), before)
        return queued
      }).pipe(Effect.scoped)
      assert.isDefined(watching)
    }).pipe(Effect.scoped, Effect.provide(NodeHttpClient.layerUndici)),
  )
})
