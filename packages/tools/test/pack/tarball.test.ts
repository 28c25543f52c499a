import { assert, describe, it } from "@effect/vitest"
import { promised, withoutSource } from "../../pack/tarball.ts"

describe("the modules that a package exports", () => {
  it("lists the names in a package's exports and the files that match a pattern, except withheld modules", () => {
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

describe("the files of a tarball", () => {
  it("finds compiled files without a source, such as those of a module that has moved", () => {
    const compiled = (module: string) => [".js", ".js.map", ".d.ts", ".d.ts.map"].map((end) => `dist/${module}${end}`)
    const files = ["LICENSE", "src/index.ts", "src/topic/Named.ts", ...compiled("index"), ...compiled("topic/Named")]
    assert.deepStrictEqual(withoutSource(files), [])
    assert.deepStrictEqual(withoutSource([...files, ...compiled("Named")]), compiled("Named"))
    assert.deepStrictEqual(withoutSource([...files, "dist/left.txt"]), ["dist/left.txt"])
  })
})
