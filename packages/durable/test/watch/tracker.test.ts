import { assert, describe, it } from "@effect/vitest"
import type { Stats, Volume } from "../../src/internal/watch/files.ts"
import * as Tracker from "../../src/internal/watch/tracker.ts"

const stats = (inode: number, changes: Partial<Stats> = {}): Stats => ({
  kind: "file",
  bytes: 1n,
  modifiedNs: 1n,
  createdNs: BigInt(inode),
  inode: BigInt(inode),
  device: 1n,
  links: 1n,
  ...changes,
})
const volume: Volume = { stats: stats(0), mark: "card", keepsInodes: true, unreported: undefined }
const make = (remembered = 10) =>
  Tracker.make({ quietMillis: 100, remembered, sidecarsOf: () => ({ wait: [], finish: [] }) })
const has = () => false

describe("the tracker of files", () => {
  it("counts the quiet time from the first sight of each version", () => {
    const tracker = make()
    assert.deepStrictEqual(tracker.observe("a", stats(1), volume, 1, 0), { _tag: "New" })
    assert.isUndefined(tracker.observe("a", stats(1), volume, 1, 60))
    assert.isUndefined(tracker.observe("a", stats(1, { bytes: 2n }), volume, 1, 90))
    assert.deepStrictEqual(tracker.quiet(189, has), { due: [], held: [], next: 190 })
    const { due } = tracker.quiet(190, has)
    assert.deepStrictEqual(
      due.map(({ entry }) => [entry.relative, entry.stats.bytes]),
      [["a", 2n]],
    )
  })

  it("does not emit a version again if a file changes back to the version that was emitted", () => {
    const tracker = make()
    tracker.observe("a", stats(1), volume, 1, 0)
    tracker.emit(tracker.quiet(100, has).due[0]!.entry)
    assert.deepStrictEqual(tracker.observe("a", stats(1, { bytes: 2n }), volume, 1, 200), { _tag: "New" })
    tracker.observe("a", stats(1), volume, 1, 210)
    assert.deepStrictEqual(tracker.quiet(1000, has), { due: [], held: [], next: Infinity })
  })

  it("emits a version that vanished before it was quiet, if it comes back", () => {
    const tracker = make()
    tracker.observe("a", stats(1), volume, 1, 0)
    tracker.emit(tracker.quiet(100, has).due[0]!.entry)
    tracker.observe("a", stats(1, { bytes: 2n }), volume, 1, 200)
    tracker.vanish("a")
    assert.deepStrictEqual(tracker.observe("a", stats(1, { bytes: 2n }), volume, 2, 300), { _tag: "New" })
    assert.lengthOf(tracker.quiet(400, has).due, 1)
  })

  it("remembers a limited number of files that are gone, and forgets the earliest first", () => {
    const tracker = make(2)
    for (const inode of [1, 2, 3]) tracker.observe(`${inode}`, stats(inode), volume, 1, 0)
    for (const { entry } of tracker.quiet(100, has).due) tracker.emit(entry)
    for (const inode of [1, 2, 3]) tracker.vanish(`${inode}`)
    assert.deepStrictEqual(tracker.size(), { files: 0, waiting: 0, gone: 2 })
    const sights = [1, 2, 3].map((inode) => tracker.observe(`${inode}`, stats(inode), volume, 2, 200))
    assert.deepStrictEqual(sights, [{ _tag: "New" }, undefined, undefined])
  })

  it("keeps only files that a complete scan saw", () => {
    const tracker = make()
    tracker.observe("a", stats(1), volume, 1, 0)
    tracker.observe("b", stats(2), volume, 1, 0)
    tracker.observe("a", stats(1), volume, 2, 10)
    tracker.sweep(2)
    assert.deepStrictEqual(tracker.size(), { files: 1, waiting: 1, gone: 0 })
  })

  it("does not emit two files again when they exchange their names", () => {
    const tracker = make()
    tracker.observe("a", stats(1), volume, 1, 0)
    tracker.observe("b", stats(2), volume, 1, 0)
    for (const { entry } of tracker.quiet(100, has).due) tracker.emit(entry)
    const sights = [tracker.observe("a", stats(2), volume, 2, 200), tracker.observe("b", stats(1), volume, 2, 200)]
    assert.deepStrictEqual(sights, [undefined, undefined])
    tracker.sweep(2)
    assert.deepStrictEqual(tracker.size(), { files: 2, waiting: 0, gone: 0 })
  })
})
