import { assert, describe, it } from "@effect/vitest"
import { compare } from "../../page/result/repair.ts"

describe("the corrected request", () => {
  it("flags lines that appear in only one of the two requests", () => {
    const request = { method: "PUT", url: "https://h.example/a", headers: { authorization: "x", "content-type": "y" } }
    const wanted = { ...request, headers: { "content-type": "y" } }
    const changed = (lines: ReturnType<typeof compare>[0]) => lines.filter(({ isChanged }) => isChanged)
    const [before, after] = compare(request, wanted)
    assert.deepStrictEqual([changed(before).map(({ text }) => text), changed(after)], [["authorization: x"], []])
  })

  it("flags form parts that have moved", () => {
    const parts = [
      { name: "key", value: "a" },
      { name: "file", filename: "a.mov" },
      { name: "acl", value: "private" },
    ]
    const [key, file, acl] = parts
    assert(key !== undefined && file !== undefined && acl !== undefined)
    const [before, after] = compare({ form: parts }, { form: [key, acl, file] })
    const marked = (lines: typeof before) =>
      lines.map(({ isChanged, text }) => (isChanged ? text.trim() : "")).join("|")
    assert.match(marked(before), /2 {2}file.*\|3 {2}acl/)
    assert.match(marked(after), /2 {2}acl.*\|3 {2}file/)
    assert.notMatch(marked(before), /key/)
  })
})
