import { assert, describe, it } from "@effect/vitest"
import { limits } from "../../src/internal/upload/limits.ts"
import * as PartPlan from "../../src/internal/realtime/partPlan.ts"

const MiB = 1024 ** 2

/** The parts of a recording, the final one included. */
const parts = (bytes: number, partSize: number) => {
  const all = []
  let part = PartPlan.first(partSize)
  for (; part.offset + part.length < bytes; part = PartPlan.after(part, partSize)) all.push(part)
  return [...all, { ...part, length: bytes - part.offset }]
}

describe("the parts of a recording", () => {
  it.each([5 * MiB, 5 * MiB + 1, 64 * MiB, limits.largestPart])(
    "stay within S3's limits up to 5 TiB, with a first part of %d bytes",
    (partSize) => {
      const all = parts(limits.object, partSize)
      assert.isAtMost(all.length, limits.parts)
      assert.isTrue(all.every(({ length }) => length >= 1 && length <= limits.largestPart))
      assert.isTrue(all.slice(0, -1).every(({ length }) => length >= limits.smallestPart))
      assert.strictEqual(PartPlan.count(limits.object, partSize), all.length)
    },
  )

  it("number 8 126 for 5 TiB with the default part size", () => {
    assert.strictEqual(PartPlan.count(limits.object, PartPlan.defaultPartSize), 8126)
  })

  it("cover every byte once, and leave at least one byte for the final part", () => {
    for (const bytes of [1, 5 * MiB - 1, 5 * MiB, 5 * MiB + 1, 10 * MiB, 12 * 1024 * MiB + 3]) {
      let end = 0
      for (const { length, offset } of parts(bytes, 5 * MiB)) {
        assert.strictEqual(offset, end)
        assert.isAtLeast(length, 1)
        end = offset + length
      }
      assert.strictEqual(end, bytes)
    }
  })

  it("hold back at most a 1024th of a long recording", () => {
    const bytes = 200 * 1024 * MiB
    const last = parts(bytes, 5 * MiB).at(-1)
    assert.isAtMost(last?.length ?? 0, Math.ceil(bytes / 1024))
  })

  it.each([0, 5 * MiB - 1, 5 * MiB + 0.5, 5 * 1024 * MiB + 1, Number.NaN])("must not have the size %d", (partSize) => {
    const error = PartPlan.check(partSize)
    assert.strictEqual(error?.message, `partSize: expected an integer from 5 MiB to 5 GiB, got ${partSize}`)
  })

  it.each([
    [0, "filesize: the recording is empty; Frame.io accepts recordings from 1 byte"],
    [1, undefined],
    [limits.object, undefined],
    [limits.object + 1, "filesize: the recording exceeds 5 TiB, S3's largest object"],
  ])("are refused for a recording that Frame.io does not accept: %d bytes", (bytes, message) => {
    assert.strictEqual(PartPlan.checkBytes(bytes)?.message, message)
  })

  describe("of an earlier process", () => {
    const [one, two, three] = parts(13 * MiB, 5 * MiB)
    assert(one !== undefined && two !== undefined && three !== undefined)

    it("belong to the plan in any order and with gaps", () => {
      assert.deepStrictEqual(PartPlan.match([], 5 * MiB), { final: undefined })
      assert.deepStrictEqual(PartPlan.match([two], 5 * MiB), { final: undefined })
      assert.deepStrictEqual(PartPlan.match([two, one], 5 * MiB), { final: undefined })
    })

    it("contain the final part if the last one is shorter than planned", () => {
      assert.deepStrictEqual(PartPlan.match([three, one], 5 * MiB), { final: three })
    })

    it.each([
      ["has another offset", [{ ...two, offset: 1 }]],
      ["is longer than planned", [{ ...one, length: one.length + 1 }]],
      ["is shorter than planned but not the last one", [{ ...one, length: 1 }, two]],
      ["is empty", [{ ...one, length: 0 }]],
    ])("are refused if a part %s", (_, confirmed) => {
      const refused = PartPlan.match(confirmed, 5 * MiB)
      assert("reason" in refused)
      assert.include(refused.message, "does not belong to a plan with parts of 5242880 bytes")
    })
  })
})
