import { assert, describe, it } from "@effect/vitest"
import { promised } from "../../pack/tarball.ts"

describe("the modules that a package promises", () => {
  it("are the names of its exports and the files that a pattern matches, without those that are withheld", () => {
    const manifest = {
      name: "@holdfast/probe",
      exports: {
        "./package.json": "./package.json",
        ".": { default: "./dist/index.js" },
        "./Named": { default: "./dist/topic/Named.js" },
        "./*": { default: "./dist/*.js" },
        "./internal/*": null,
        "./index": null,
      },
    }
    const files = [
      "dist/index.js",
      "dist/Public.js",
      "dist/Public.d.ts",
      "dist/internal/topic/hidden.js",
      "src/Public.ts",
    ]
    assert.deepStrictEqual(promised({ manifest, files }), [
      "@holdfast/probe",
      "@holdfast/probe/Named",
      "@holdfast/probe/Public",
    ])
  })
})
