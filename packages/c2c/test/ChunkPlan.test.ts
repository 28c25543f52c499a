import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as ChunkPlan from "@holdfast/c2c/ChunkPlan"

const lengths = (bytes: number, urls: number) => {
  const plan = ChunkPlan.make(bytes, urls)
  return ChunkPlan.isRefused(plan) ? plan.refused : plan.chunks.map((chunk) => chunk.length)
}

describe("ChunkPlan", () => {
  it("splits the test clip from Frame.io's upload guide into the same chunks as Frame.io", () => {
    assert.deepStrictEqual(lengths(21_136_250, 2), [10_568_125, 10_568_125])
  })

  it("gives the remainder to the last chunk", () => {
    assert.deepStrictEqual(lengths(10, 3), [4, 4, 2])
  })

  it("plans an empty chunk for each trailing URL that receives no bytes", () => {
    assert.deepStrictEqual(lengths(10, 6), [2, 2, 2, 2, 2, 0])
    assert.deepStrictEqual(lengths(2, 4), [1, 1, 0, 0])
  })

  it("plans one empty chunk for each URL of an empty file", () => {
    assert.deepStrictEqual(lengths(0, 1), [0])
    assert.deepStrictEqual(lengths(0, 2), [0, 0])
  })

  it("rejects an empty list of URLs, even for an empty file", () => {
    assert.strictEqual(lengths(1, 0), "the server returned no upload URL")
    assert.strictEqual(lengths(0, 0), "the server returned no upload URL")
  })

  it("rejects chunks larger than the 5 GiB that S3 accepts in one PUT, but accepts chunks of exactly 5 GiB", () => {
    const most = 5 * 1024 ** 3
    assert.deepStrictEqual(lengths(most, 1), [most])
    assert.match(String(lengths(most + 1, 1)), /at most 5 GiB/)
  })

  it("rejects an invalid byte count", () => {
    for (const bytes of [-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1]) {
      assert.match(String(lengths(bytes, 1)), /expected a size in bytes/)
    }
  })

  it.effect.prop(
    "covers every byte exactly once and in order, with one chunk per URL and no chunk above the chunk size",
    {
      bytes: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))),
      urls: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
    },
    ({ bytes, urls }) =>
      Effect.sync(() => {
        const plan = ChunkPlan.make(bytes, urls)
        assert(!ChunkPlan.isRefused(plan))
        assert.strictEqual(plan.chunks.length, urls)
        let end = 0
        plan.chunks.forEach((chunk, index) => {
          assert.strictEqual(chunk.index, index)
          assert.strictEqual(chunk.offset, end)
          assert.isAtLeast(chunk.length, 0)
          assert.isAtMost(chunk.length, plan.chunkSize)
          // Only the last chunks may be short: a full chunk never follows a shorter one.
          if (end < bytes && chunk.length < plan.chunkSize) assert.strictEqual(end + chunk.length, bytes)
          end += chunk.length
        })
        assert.strictEqual(end, bytes)
      }),
    { arbitrary: { runs: 300, seed: 20 } },
  )
})
