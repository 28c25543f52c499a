import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as Expected from "./support/expected.ts"

/** The tables are merged by hand: a line can be lost or doubled without an error. */
describe("the table of a corpus", () => {
  it.each(["cases", "open", "held-out"])("has one line for each capture of %s", (name) => {
    const folder = new URL(`./corpus/${name}/`, import.meta.url)
    const lines = Expected.parse(readFileSync(new URL("expected.tsv", folder), "utf8")).map(({ file }) => file)
    assert.isAbove(lines.length, 90)
    assert.deepStrictEqual(lines.toSorted(), Expected.capturesIn(folder).toSorted())
  })
})
