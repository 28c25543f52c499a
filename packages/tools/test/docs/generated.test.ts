import { assert, describe, it } from "@effect/vitest"
import { entries, withoutExample, withoutName } from "../../docs/diagnosis.ts"
import { files, present } from "../../docs/files.ts"
import { insert, read } from "../../docs/pages.ts"
import { sections } from "../../docs/sections.ts"

describe("generated tables", () => {
  it.each(sections)("%s has an up-to-date table %s (npm run docs:generate)", (page, name, text) => {
    const before = read(page)
    assert.strictEqual(before, insert(before, name, text))
  })
})

describe("pages of codes", () => {
  it("requires a page and an example in packages/*/test/fixtures/codes for every rule", () => {
    assert.deepStrictEqual(withoutExample, [])
    assert.deepStrictEqual(withoutName, [])
  })

  it("requires the first cause of the example on each page to have the code of the page", () => {
    assert.deepStrictEqual(
      entries.filter(({ about, explanation }) => explanation.code !== about.code).map(({ example }) => example),
      [],
    )
  })
})

describe("docs/generated", () => {
  it.each(files)("%s is up to date (npm run docs:generate)", (path, text) => {
    assert.strictEqual(read(path), text)
  })

  it("docs/generated contains only files that the generator writes", () => {
    assert.deepStrictEqual(present().toSorted(), files.map(([path]) => path).toSorted())
  })
})
