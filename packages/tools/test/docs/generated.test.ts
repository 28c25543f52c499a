import { assert, describe, it } from "@effect/vitest"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { codePages, entries, withoutExample, withoutName } from "../../docs/diagnosis.ts"
import { planSchema, sections } from "../../docs/main.ts"
import { docs, insert, read } from "../../docs/pages.ts"

describe("generated tables", () => {
  it.each(sections)("of %s: %s is what the code says (npm run docs:generate)", (page, name, text) => {
    const before = read(page)
    assert.strictEqual(before, insert(before, name, text))
  })

  it("include the JSON Schema of a plan", () => {
    assert.strictEqual(read("docs/generated/fault-plan.schema.json"), planSchema)
  })
})

describe("pages of codes", () => {
  it("exist for every rule, each of which has an example in packages/*/examples", () => {
    assert.deepStrictEqual(withoutExample, [])
    assert.deepStrictEqual(withoutName, [])
  })

  it("show an example that is explained by this code first", () => {
    assert.deepStrictEqual(
      entries.filter(({ about, explanation }) => explanation.code !== about.code).map(({ example }) => example),
      [],
    )
  })

  it("are all in docs/generated/diagnosis, and nothing else is", () => {
    assert.deepStrictEqual(
      readdirSync(join(docs, "generated/diagnosis"))
        .map((name) => `docs/generated/diagnosis/${name}`)
        .toSorted(),
      codePages.map(([path]) => path).toSorted(),
    )
  })

  it.each(codePages)("%s is what the rules say (npm run docs:generate)", (path, text) => {
    assert.strictEqual(read(path), text)
  })
})
