import { assert, describe, it } from "@effect/vitest"
import { isApart, most, next } from "../../src/internal/recording/lanes.ts"

const upload = (seq: number, more: { readonly crashes?: number; readonly isRecording?: boolean } = {}) => ({
  id: `u${seq}`,
  bytes: 1000,
  priority: 0,
  seq,
  crashes: 0,
  isRecording: true,
  ...more,
})

const many = (count: number) => Array.from({ length: count }, (_, index) => upload(index + 1))

const ids = (uploads: ReadonlyArray<{ readonly id: string }>) => uploads.map(({ id }) => id)

describe("the lanes of recordings", () => {
  it("start at most 32 recordings, in order", () => {
    assert.strictEqual(most, 32)
    assert.deepStrictEqual(ids(next(many(40).toReversed(), [])), ids(many(32)))
    assert.deepStrictEqual(ids(next([upload(99)], many(31))), ["u99"])
    assert.deepStrictEqual(next([upload(99)], many(32)), [])
  })

  it("do not count complete files", () => {
    const running = many(40).map((one) => ({ ...one, isRecording: false }))
    assert.deepStrictEqual(ids(next([upload(99)], running)), ["u99"])
  })

  it("start nothing beside an upload that may stop the process", () => {
    assert.deepStrictEqual(next([upload(99)], [upload(1, { crashes: 2, isRecording: false })]), [])
    assert.deepStrictEqual(next([upload(99)], [upload(1, { crashes: 2 })]), [])
  })

  it("leave a recording that may stop the process to the lanes of complete files, where it runs alone", () => {
    assert.deepStrictEqual(
      [upload(1), upload(1, { crashes: 1 }), upload(1, { crashes: 2 }), upload(1, { isRecording: false })].map(isApart),
      [true, true, false, false],
    )
  })
})
