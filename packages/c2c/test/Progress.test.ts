import { assert, describe, it } from "@effect/vitest"
import * as IntegrityMismatch from "@holdfast/c2c/IntegrityMismatch"
import * as Progress from "@holdfast/c2c/Progress"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"

const fold = (events: ReadonlyArray<UploadEvent>) => events.reduce(Progress.next, Progress.empty)

const opened: UploadEvent = { _tag: "Opened", path: "/a.mov", bytes: 10 }
const created: UploadEvent = { _tag: "AssetCreated", assetId: "1", chunks: 2, chunkSize: 5 }
const sent = (index: number): UploadEvent => ({ _tag: "ChunkSent", index, bytes: 5 })
const confirmed = (index: number): UploadEvent => ({ _tag: "ChunkConfirmed", index, bytes: 5 })
const failed = (index: number, bytes: number): UploadEvent => ({
  _tag: "ChunkFailed",
  index,
  bytes,
  error: IntegrityMismatch.make(index, "a", "b"),
})

describe("Progress", () => {
  it("reaches the size of the file when all chunks are confirmed", () => {
    assert.deepStrictEqual(fold([opened, created, sent(0), sent(1), confirmed(1), confirmed(0)]), {
      bytes: 10,
      sent: 10,
      confirmed: 10,
      chunks: 2,
      chunksConfirmed: 2,
      failures: 0,
      recreations: 0,
    })
  })

  it("subtracts the bytes of a failed attempt so that the progress never exceeds the file size", () => {
    const progress = fold([opened, created, sent(0), sent(1), failed(0, 5), sent(0), failed(0, 5), failed(0, 0)])
    assert.strictEqual(progress.sent, 5)
    assert.strictEqual(progress.failures, 3)
    assert.strictEqual(progress.confirmed, 0)
  })

  it("starts again from zero when a new asset is created", () => {
    const before = fold([opened, created, sent(0), confirmed(0), sent(1), { _tag: "Recreated", reason: "expired" }])
    assert.deepStrictEqual([before.sent, before.confirmed, before.chunksConfirmed], [0, 0, 0])
    const after = [created, sent(0), confirmed(0), sent(1), confirmed(1)].reduce(Progress.next, before)
    assert.deepStrictEqual([after.sent, after.confirmed, after.recreations], [10, 10, 1])
  })
})
