import { assert, describe, it } from "@effect/vitest"
import * as ParallelFlag from "../../src/upload/ParallelFlag.ts"

describe("--parallel", () => {
  it("is between 1 and 64", () => {
    assert.deepStrictEqual([1, 16, 64].map(ParallelFlag.check), [undefined, undefined, undefined])
    for (const n of [0, -1, 65]) {
      assert.deepInclude(ParallelFlag.check(n), {
        _tag: "UsageError",
        problem: `--parallel ${n} is not between 1 and 64`,
      })
    }
  })
})
