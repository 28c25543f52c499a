import { assert, describe, it } from "@effect/vitest"
import * as Selection from "../src/FileSelection.ts"

const none = { include: [], exclude: [], ordinaryOnly: true }

describe("a selection of names", () => {
  it.each([".DS_Store", "a/.hidden", "a.part", "a.mov.PART", "b/a.tmp", "a.mov~", "~$a.doc", "a.crdownload"])(
    "excludes the hidden or temporary name %s unless the caller wants all names",
    (name) => {
      assert.isFalse(Selection.make(none).file(name))
      assert.isTrue(Selection.make({ ...none, ordinaryOnly: false }).file(name))
    },
  )

  it.each(["a.mov", "DCIM/100EOS/a.mov", "part", "a part.mov", "tmp.mov", "-a.mov", "a\nb.mov", "[a].mov"])(
    "selects the ordinary name %j",
    (name) => {
      assert.isTrue(Selection.make(none).file(name))
    },
  )

  it("matches a pattern without a slash against the name in every folder", () => {
    const { file } = Selection.make({ ...none, include: ["*.{mov,MOV}"], exclude: ["proxy-*"] })
    assert.deepStrictEqual(["a.mov", "x/y/a.MOV", "a.xml", "x/proxy-a.mov"].map(file), [true, true, false, false])
  })

  it("matches a pattern with a slash against the path from the root", () => {
    const { file } = Selection.make({ ...none, include: ["DCIM/**/*.mov", "/*.wav"] })
    assert.deepStrictEqual(["DCIM/a.mov", "DCIM/1/a.mov", "x/DCIM/a.mov", "a.wav", "x/a.wav"].map(file), [
      true,
      true,
      false,
      true,
      false,
    ])
  })

  it("does not enter a folder that an exclude pattern covers", () => {
    const { folder } = Selection.make({ ...none, exclude: ["proxies/**", "cache/", "Trash*", "a/b/**"] })
    assert.deepStrictEqual(
      ["proxies", "x/proxies", "cache", "Trash-1", "x/Trashes", "a", "a/b", "DCIM", ".hidden", "lost+found"].map(
        folder,
      ),
      [false, true, false, false, false, true, false, true, false, false],
    )
  })

  it("takes brackets without an end for themselves", () => {
    const matches = Selection.compile("clip [1.mov")
    assert.isTrue(matches("day 1/clip [1.mov"))
    assert.isFalse(matches("clip 1.mov"))
    assert.isTrue(Selection.compile("clip [12].mov")("clip 2.mov"))
    assert.isTrue(Selection.compile("clip \\[1.mov")("clip [1.mov"))
  })
})
