import { assert, describe, it } from "@effect/vitest"
import type { Stats, Volume } from "../../src/internal/watch/files.ts"
import { kindOf } from "../../src/internal/watch/fileSystemKind.ts"
import * as Version from "../../src/internal/watch/version.ts"

const stats: Stats = {
  kind: "file",
  bytes: 10n,
  modifiedNs: 1_700_000_000_000_000_001n,
  createdNs: 5n,
  inode: 18_446_744_073_709_551_615n,
  device: 1n,
  links: 1n,
}
const volume: Volume = { stats: { ...stats, kind: "folder" }, mark: "card", keepsInodes: true, unreported: undefined }
const key = (changes: Partial<Stats>, path = "a.mov", on: Partial<Volume> = {}) =>
  Version.keyOf(path, { ...stats, ...changes }, { ...volume, ...on })

describe("the key of a file", () => {
  it("stays the same if the file is renamed or rewritten, or if its volume has another device number", () => {
    assert.strictEqual(key({}, "b.mov"), key({}))
    assert.strictEqual(key({ bytes: 11n, modifiedNs: 6n }), key({}))
    const remounted = { stats: { ...volume.stats, device: 2n } }
    assert.strictEqual(key({ device: 2n }, "a.mov", remounted), key({}))
  })

  it("differs if the inode, the time of creation or the device in the folder differs", () => {
    assert.notStrictEqual(key({ inode: 18_446_744_073_709_551_614n }), key({}))
    assert.notStrictEqual(key({ createdNs: 6n }), key({}))
    assert.notStrictEqual(key({ device: 2n }), key({}))
  })

  it("consists of the path and the volume on a file system that does not keep inodes", () => {
    const fat = { keepsInodes: false }
    assert.strictEqual(key({ inode: 1n }, "a.mov", fat), key({}, "a.mov", fat))
    assert.notStrictEqual(key({}, "b.mov", fat), key({}, "a.mov", fat))
    assert.notStrictEqual(key({ createdNs: 6n }, "a.mov", fat), key({}, "a.mov", fat))
    assert.notStrictEqual(key({}, "a.mov", { ...fat, mark: "card-2" }), key({}, "a.mov", fat))
  })

  it("includes the volume if the file system states no time of creation", () => {
    assert.notStrictEqual(key({ createdNs: 0n }, "a.mov", { mark: "card-2" }), key({ createdNs: 0n }))
    assert.strictEqual(key({ createdNs: 0n }, "b.mov"), key({ createdNs: 0n }))
  })
})

describe("a version of a file", () => {
  it("changes if the size or the modification time differs by the smallest unit", () => {
    assert.isTrue(Version.isSame(stats, { ...stats, inode: 1n }))
    assert.isFalse(Version.isSame(stats, { ...stats, bytes: 11n }))
    assert.isFalse(Version.isSame(stats, { ...stats, modifiedNs: stats.modifiedNs + 1n }))
  })

  it("is described without rounding", () => {
    const { createdNs, inode, modifiedAt, modifiedNs } = Version.watchedFile("/card/a.mov", "a.mov", stats)
    assert.deepStrictEqual(
      { createdNs, inode, modifiedAt, modifiedNs },
      {
        createdNs: "5",
        inode: "18446744073709551615",
        modifiedAt: 1_700_000_000_000,
        modifiedNs: "1700000000000000001",
      },
    )
  })
})

describe("the kind of a file system", () => {
  it("states which file systems must be polled and which do not keep inodes", () => {
    const kinds = [0x6969, 0xff534d42, 0x65735546, 0x4d44, 0x2011bab0, 0xef53, 0x01021994]
    assert.deepStrictEqual(
      kinds.map((type) => [kindOf(type, "linux").unreported, kindOf(type, "linux").keepsInodes]),
      [
        ["NFS", true],
        ["CIFS", false],
        ["FUSE", false],
        [undefined, false],
        [undefined, false],
        [undefined, true],
        [undefined, true],
      ],
    )
  })

  it("is local on other systems, whose numbers mean something else", () => {
    assert.deepStrictEqual(kindOf(0x6969, "darwin"), { keepsInodes: true })
  })
})
