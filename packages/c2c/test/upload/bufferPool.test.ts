import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import * as BufferPool from "../../src/internal/upload/bufferPool.ts"

describe("BufferPool", () => {
  it.effect("never lends more buffers at once than the pool holds, regardless of how many callers borrow", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 3, size: 64 })
      let lent = 0
      let most = 0
      let allocated = 0
      yield* Effect.forEach(
        Array.from({ length: 50 }, (_, n) => n),
        (n) =>
          pool.borrow(64, () =>
            Effect.gen(function* () {
              most = Math.max(most, ++lent)
              allocated = Math.max(allocated, pool.allocated())
              for (let i = 0; i <= n % 4; i++) yield* Effect.yieldNow
              lent--
            }),
          ),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual([most, allocated], [3, 3])
    }),
  )

  it.effect("allocates a buffer only when a chunk needs it", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 5, size: 64 })
      assert.strictEqual(pool.allocated(), 0)
      yield* pool.borrow(64, () => Effect.void)
      yield* pool.borrow(64, () => Effect.void)
      assert.strictEqual(pool.allocated(), 1)
    }),
  )

  it.effect("never lends a lost buffer again, and does not count it", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 1, size: 64 })
      const lost = yield* pool.borrow(64, (buffer, lose) => Effect.sync(() => (lose(), buffer)))
      assert.strictEqual(pool.allocated(), 0)
      const next = yield* pool.borrow(64, (buffer) => Effect.succeed(buffer))
      assert.notStrictEqual(next.buffer, lost.buffer)
      assert.strictEqual(pool.allocated(), 1)
    }),
  )

  /** Borrows as many buffers at once as each number says, and returns the number of buffers that the pool has after each. */
  const rounds = (pool: BufferPool.BufferPool, borrowers: ReadonlyArray<number>) =>
    Effect.forEach(borrowers, (count) =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const fibers = yield* Effect.forEach(Array.from({ length: count }), () =>
          Effect.forkChild(
            pool.borrow(64, () => Deferred.await(gate)),
            { startImmediately: true },
          ),
        )
        yield* Deferred.succeed(gate, undefined)
        yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
        return pool.allocated()
      }),
    )

  it.effect("releases the memory of free buffers when fewer chunks are in flight, but keeps one", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 16, size: 64 })
      const fewer = Array.from({ length: 9 }, () => 4)
      const one = Array.from({ length: 9 }, () => 1)
      const allocated = yield* rounds(pool, [16, ...fewer, ...one])
      assert.deepStrictEqual([allocated[0], allocated[9], allocated[18]], [16, 4, 1])
    }),
  )

  it.effect("keeps its buffers while a lower limit is tried for a few rounds", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 8, size: 64 })
      assert.deepStrictEqual(yield* rounds(pool, [8, 6, 6, 8, 6, 6, 6]), [8, 8, 8, 8, 8, 8, 8])
    }),
  )

  it.effect("keeps its buffers while chunks in flight wait for a moment between two chunks", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 8, size: 64 })
      const gates = yield* Effect.forEach(Array.from({ length: 8 }), () => Deferred.make<void>())
      const fibers = yield* Effect.forEach(gates, (gate) =>
        Effect.forkChild(
          pool.borrow(64, () => Deferred.await(gate)),
          { startImmediately: true },
        ),
      )
      for (const [n, fiber] of fibers.entries()) {
        yield* Deferred.succeed(gates[n]!, undefined)
        yield* Fiber.join(fiber)
      }
      assert.strictEqual(pool.allocated(), 8)
    }),
  )

  it.effect("lends a buffer of exactly the requested length", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 1, size: 64 })
      assert.strictEqual(yield* pool.borrow(10, (buffer) => Effect.succeed(buffer.byteLength)), 10)
      assert.strictEqual(yield* pool.borrow(64, (buffer) => Effect.succeed(buffer.byteLength)), 64)
    }),
  )

  it.effect("never lends the same buffer to two callers at once", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 2, size: 8 })
      const held = new Set<ArrayBuffer>()
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => n),
        () =>
          pool.borrow(8, (buffer) =>
            Effect.gen(function* () {
              assert.isFalse(held.has(buffer.buffer))
              held.add(buffer.buffer)
              yield* Effect.yieldNow
              held.delete(buffer.buffer)
            }),
          ),
        { concurrency: "unbounded" },
      )
    }),
  )

  it.effect("reclaims a buffer after a failure and after an interruption", () =>
    Effect.gen(function* () {
      const pool = BufferPool.make({ count: 1, size: 8 })
      yield* Effect.ignore(pool.borrow(8, () => Effect.fail("no")))
      const started = yield* Deferred.make<void>()
      const holder = yield* Effect.forkChild(
        pool.borrow(8, () => Effect.andThen(Deferred.succeed(started, undefined), Effect.never)),
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(holder)
      assert.strictEqual(yield* pool.borrow(8, () => Effect.succeed("lent")), "lent")
      assert.strictEqual(pool.allocated(), 1)
    }),
  )

  it.effect("replaces its buffers with larger ones as longer chunks are borrowed, up to its limit", () =>
    Effect.gen(function* () {
      const pool = BufferPool.growing({ count: 1, most: 64 })
      const sizes: Array<readonly [length: number, capacity: number]> = []
      const borrow = (length: number) =>
        pool.borrow(length, (buffer) => Effect.sync(() => sizes.push([buffer.byteLength, buffer.buffer.byteLength])))
      for (const length of [5, 8, 9, 3, 40, 64]) yield* borrow(length)
      assert.deepStrictEqual(sizes, [
        [5, 8],
        [8, 8],
        [9, 16],
        [3, 16],
        [40, 64],
        [64, 64],
      ])
    }),
  )

  it.effect("lends as many buffers of a growing pool as its count", () =>
    Effect.gen(function* () {
      const pool = BufferPool.growing({ count: 2, most: 64 })
      let lent = 0
      let most = 0
      let allocated = 0
      const borrow = pool.borrow(64, () =>
        Effect.gen(function* () {
          most = Math.max(most, ++lent)
          allocated = Math.max(allocated, pool.allocated())
          yield* Effect.yieldNow
          lent--
        }),
      )
      yield* Effect.all([borrow, borrow, borrow, borrow], { concurrency: "unbounded" })
      assert.deepStrictEqual([most, allocated], [2, 2])
    }),
  )
})
