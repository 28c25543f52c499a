import { assert, describe, it } from "@effect/vitest"
import * as Holdfast from "holdfast"
import manifest from "../package.json" with { type: "json" }

describe("the package", () => {
  it("promises the same modules in its index and in the exports of its manifest", () => {
    const modules = Object.keys(manifest.exports).filter((name) => name !== "." && name !== "./package.json")
    assert.deepStrictEqual(
      modules.map((name) => name.slice("./".length)),
      Object.keys(Holdfast).toSorted(),
    )
  })
})
