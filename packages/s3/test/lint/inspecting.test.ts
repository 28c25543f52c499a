import { assert, describe, it } from "@effect/vitest"
import { rules } from "../../src/internal/diagnosis/rules/index.ts"
import { inspecting } from "../../src/internal/diagnosis/rules/inspecting.ts"

const codes = (of: ReadonlyArray<{ readonly code: string }>) => of.map(({ code }) => code)

describe("the rules of the lint", () => {
  it("are all rules that look at a request alone, in the order of all rules", () => {
    assert.isAbove(inspecting.length, 50)
    assert.deepStrictEqual(codes(inspecting), codes(rules.filter(({ inspect }) => inspect !== undefined)))
  })
})
