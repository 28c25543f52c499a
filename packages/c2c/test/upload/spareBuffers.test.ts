import { assert, describe, it } from "@effect/vitest"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Effect, Layer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"
import * as SpareBuffers from "../../src/internal/upload/spareBuffers.ts"
import { api, randomFile, stored } from "../support/uploads.ts"

describe("SpareBuffers", () => {
  const KiB = 1024

  it.effect("pass from the pool of one file to that of the next, although its chunks are a little longer", () =>
    Effect.gen(function* () {
      const spares = SpareBuffers.make()
      const first = BufferPool.make({ count: 2, size: 1000 * KiB, spares })
      const one = yield* first.borrow(1000 * KiB, (buffer) => Effect.succeed(buffer))
      assert.strictEqual(one.byteLength, 1000 * KiB)
      first.release()
      assert.strictEqual(first.allocated(), 0)
      const second = BufferPool.make({ count: 2, size: 1001 * KiB, spares })
      const other = yield* second.borrow(1001 * KiB, (buffer) => Effect.succeed(buffer))
      assert.strictEqual(other.byteLength, 1001 * KiB)
      assert.strictEqual(other.buffer, one.buffer)
    }),
  )

  it.effect("never include a buffer that is lent or lost", () =>
    Effect.gen(function* () {
      const spares = SpareBuffers.make()
      const pool = BufferPool.make({ count: 2, size: 64, spares })
      const lost = yield* pool.borrow(64, (buffer, lose) => Effect.sync(() => (lose(), buffer)))
      const lent = yield* pool.borrow(64, (buffer) =>
        Effect.sync(() => {
          pool.release()
          const taken = [spares.take(64), spares.take(64)]
          assert.notInclude(
            taken.map((one) => one.buffer),
            buffer.buffer,
          )
          return buffer
        }),
      )
      pool.release()
      const taken = [spares.take(64), spares.take(64)].map((one) => one.buffer)
      assert.include(taken, lent.buffer)
      assert.notInclude(taken, lost.buffer)
    }),
  )

  it.effect("serve all files of an uploader", () =>
    Effect.gen(function* () {
      const memories: Array<ArrayBufferLike> = []
      const client = HttpClient.make((request) =>
        Effect.sync(() => {
          if (request.body._tag === "Uint8Array") memories.push(request.body.body.buffer)
          return HttpClientResponse.fromWeb(request, stored("kms-key"))
        }),
      )
      const layer = Uploader.layer.pipe(
        Layer.provide([
          api(1).layer,
          Layer.succeed(HttpClient.HttpClient, client),
          Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void }))),
        ]),
      )
      yield* Effect.gen(function* () {
        const { upload } = yield* Uploader
        // Longer than a file that is read when it is opened.
        for (const bytes of [1000 * KiB, 1010 * KiB, 990 * KiB])
          yield* upload({ path: (yield* randomFile(bytes)).path })
      }).pipe(Effect.provide(layer))
      assert.strictEqual(memories.length, 3)
      assert.strictEqual(new Set(memories).size, 1)
    }),
  )

  it("are at most an eighth longer than wanted, and each is given once", () => {
    const spares = SpareBuffers.make()
    for (const length of [5000, 64 * KiB, 2 ** 20 - 1, 2 ** 20 + 1, 23_456_789]) {
      const buffer = spares.take(length)
      assert.isAtLeast(buffer.byteLength, length)
      assert.isAtMost(buffer.byteLength, length * 1.125)
      spares.give(buffer)
      assert.strictEqual(spares.take(length), buffer)
      assert.notStrictEqual(spares.take(length), buffer)
    }
  })

  it("are freed when the garbage collector needs memory", async () => {
    setFlagsFromString("--expose-gc")
    const collect: () => void = runInNewContext("gc")
    const spares = SpareBuffers.make()
    let freed = false
    const registry = new FinalizationRegistry(() => {
      freed = true
    })
    const give = () => {
      const buffer = spares.take(64 * KiB)
      registry.register(buffer, undefined)
      spares.give(buffer)
    }
    give()
    for (let round = 0; round < 100 && !freed; round++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    assert.isTrue(freed)
  })
})
