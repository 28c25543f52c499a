import { assert, describe, it } from "@effect/vitest"
import { rules } from "../../src/internal/diagnosis/rules/index.ts"
import { inspecting } from "../../src/internal/diagnosis/rules/inspecting.ts"

const codes = (of: ReadonlyArray<{ readonly code: string }>) => of.map(({ code }) => code)

describe("the rules of the lint", () => {
  it("includes all rules that check a request without a response, in the order of the full rule set", () => {
    assert.isAbove(inspecting.length, 50)
    assert.deepStrictEqual(codes(inspecting), codes(rules.filter(({ inspect }) => inspect !== undefined)))
  })
})
