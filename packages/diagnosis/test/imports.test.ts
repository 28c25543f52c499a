import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { importsOf } from "./support/imports.ts"

const root = new URL("../src/", import.meta.url)

const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))

const imported = (file: string) => importsOf(readFileSync(new URL(file, root), "utf8"))

describe("the modules of diagnosis", () => {
  it("imports only other diagnosis modules and the inflate library at run time, and nothing from core, Effect or Node", () => {
    assert.isAbove(sources.length, 25)
    const others = sources.flatMap((file) =>
      imported(file)
        .values.filter((name) => !name.startsWith(".") && name !== "fflate/browser")
        .map((name) => `${file} imports ${name}`),
    )
    assert.deepStrictEqual(others, [])
  })

  it("imports only types from core", () => {
    const types = sources.flatMap((file) => imported(file).types.filter((name) => !name.startsWith(".")))
    assert.deepStrictEqual([...new Set(types)], ["@holdfast/core/Verdict"])
  })

  it("does not use Node globals in diagnosis modules, because browsers lack these globals", () => {
    for (const file of sources) {
      const code = readFileSync(new URL(file, root), "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "")
      assert.notMatch(code, /\b(?:process|Buffer|global|require|__dirname)\b[.([]/, file)
    }
  })
})

describe("the imports of a source", () => {
  it("classifies an import as a type import only if the whole import consists of types", () => {
    const source = [
      'import * as Effect from "effect/Effect"',
      'import { type A, b } from "./mixed.ts"',
      'import {\n  c,\n  d,\n} from "./several.ts"',
      'import "./effect.ts"',
      'export { e } from "./exported.ts"',
      'import type * as Verdict from "@holdfast/core/Verdict"',
      'export type { F } from "./types.ts"',
      '/** import { g } from "./comment.ts" */',
    ].join("\n")
    assert.deepStrictEqual(importsOf(source), {
      values: ["effect/Effect", "./mixed.ts", "./several.ts", "./effect.ts", "./exported.ts"],
      types: ["@holdfast/core/Verdict", "./types.ts"],
    })
  })
})
