/**
 * Tests that a repair is never useless: the model of the server accepts the repaired request, or reports another cause.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Repaired from "../../explain/score/repaired.ts"

describe("a generated exchange that is repaired and sent again", () => {
  it(
    "the server accepts most repaired exchanges and never rejects one for the repaired defect",
    { timeout: 60_000 },
    () => {
      const { accepted, another, same } = Repaired.run({ count: 900, seed: 7 })
      assert.deepStrictEqual([...same], [])
      assert.isAbove(accepted, 200)
      // Only one exchange in three has two defects.
      assert.isAbove(accepted, another)
    },
  )

  it("a repaired exchange is accepted if it had only one defect", { timeout: 60_000 }, () => {
    const { accepted, another } = Repaired.run({ count: 300, seed: 11, defects: 1 })
    assert.isAbove(accepted, 50)
    assert.strictEqual(another, 0)
  })
})
