import { assert, describe, it } from "@effect/vitest"
import * as Holdfast from "holdfast"
import manifest from "../package.json" with { type: "json" }

describe("the package @holdfast/cli", () => {
  it("exports the same modules from its index and its manifest", () => {
    const modules = Object.keys(manifest.exports).filter((name) => name !== "." && name !== "./package.json")
    assert.deepStrictEqual(
      modules.map((name) => name.slice("./".length)),
      Object.keys(Holdfast).toSorted(),
    )
  })
})
