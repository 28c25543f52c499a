import { assert, describe, it } from "@effect/vitest"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as IntegrityMismatch from "@holdfast/c2c/IntegrityMismatch"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Meter from "../../../src/upload/progress/Meter.ts"

const opened: UploadEvent = { _tag: "Opened", path: "a.mov", bytes: 1000 }
const created: UploadEvent = { _tag: "AssetCreated", assetId: "id", chunks: 10, chunkSize: 100 }
const sent = (index: number): UploadEvent => ({ _tag: "ChunkSent", index, bytes: 100 })
const confirmed = (index: number): UploadEvent => ({ _tag: "ChunkConfirmed", index, bytes: 100 })
const failed = (index: number): UploadEvent => ({
  _tag: "ChunkFailed",
  index,
  bytes: 100,
  error: IntegrityMismatch.make(index, "aa", "bb"),
})

/** A meter on the test's clock. */
const meter = () => {
  let current = Meter.empty
  return {
    tell: (...events: ReadonlyArray<UploadEvent>) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const event of events) current = Meter.next(current, event, now)
      }),
    read: Effect.map(Clock.currentTimeMillis, (now) => Meter.read(current, now)),
  }
}

describe("Meter", () => {
  it.effect("never counts more bytes than the file contains, regardless of how often a chunk is sent", () =>
    Effect.gen(function* () {
      const { read, tell } = meter()
      yield* tell(opened, created)
      for (let index = 0; index < 10; index++) {
        for (let attempt = 0; attempt < 3; attempt++) {
          yield* tell(sent(index))
          assert.isAtMost((yield* read).sent, 1000)
          yield* tell(failed(index))
        }
        yield* tell(sent(index), confirmed(index))
      }
      const { confirmed: bytes, sent: all, total } = yield* read
      assert.deepStrictEqual([bytes, all, total], [1000, 1000, 1000])
    }),
  )

  it.effect("subtracts the bytes of a failed attempt from the bytes counted as sent", () =>
    Effect.gen(function* () {
      const { read, tell } = meter()
      yield* tell(opened, created, sent(0), sent(1))
      assert.strictEqual((yield* read).sent, 200)
      yield* tell(failed(0))
      assert.strictEqual((yield* read).sent, 100)
    }),
  )

  it.effect("estimates the rate and the remaining time from confirmed bytes, not from sent bytes", () =>
    Effect.gen(function* () {
      const { read, tell } = meter()
      yield* tell(opened, created, ...[0, 1, 2, 3, 4].map(sent))
      yield* TestClock.adjust("1 second")
      assert.isUndefined((yield* read).rate)
      assert.isUndefined((yield* read).left)
      yield* tell(confirmed(0))
      yield* TestClock.adjust("1 second")
      const reading = yield* read
      assert.strictEqual(reading.rate, 50)
      assert.strictEqual(reading.left, 18_000)
    }),
  )

  it.effect("calculates the rate only from bytes confirmed within the current window", () =>
    Effect.gen(function* () {
      const { read, tell } = meter()
      yield* tell(opened, created, ...[0, 1, 2, 3].flatMap((index) => [sent(index), confirmed(index)]))
      yield* TestClock.adjust("1 minute")
      assert.isUndefined((yield* read).rate)
      yield* tell(sent(4), confirmed(4))
      assert.strictEqual((yield* read).rate, 100 / 20)
    }),
  )

  it.effect("resets the byte counts and the rate when a new asset is created", () =>
    Effect.gen(function* () {
      const { read, tell } = meter()
      yield* tell(opened, created, sent(0), confirmed(0), sent(1))
      yield* TestClock.adjust("2 seconds")
      yield* tell({ _tag: "Recreated", reason: "the URLs have expired" }, created)
      const { confirmed: bytes, rate, sent: all } = yield* read
      assert.deepStrictEqual([bytes, all, rate], [0, 0, undefined])
      yield* TestClock.adjust("1 second")
      yield* tell(sent(0), confirmed(0))
      assert.strictEqual((yield* read).rate, 100)
    }),
  )
})
