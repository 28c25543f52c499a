import { assert, describe, it } from "@effect/vitest"
import { planSchema, sections } from "../generate.ts"
import { insert, read } from "../pages.ts"

describe("generated tables", () => {
  it.each(sections)("of %s: %s is what the code says (npm run docs:generate)", (page, name, text) => {
    const before = read(page)
    assert.strictEqual(before, insert(before, name, text))
  })

  it("include the JSON Schema of a plan", () => {
    assert.strictEqual(read("docs/fault-plan.schema.json"), planSchema)
  })
})
