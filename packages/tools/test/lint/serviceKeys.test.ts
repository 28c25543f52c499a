import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../docs/pages.ts"

/** Matches `Context.Service<…>()("key"`, and the keys of references and tagged classes, which are called in the same way. */
const call = /Context\.(?:Service|Reference)[\s\S]{0,4000}?\(\s*"([^"]+)"/g

const keys = globSync("packages/*/src/**/*.ts", { cwd: root }).flatMap((path) =>
  Array.from(readFileSync(join(root, path), "utf8").matchAll(call), ([, key = ""]) => ({ path, key })),
)

const ownerOf = (path: string): string => {
  const [, folder = ""] = path.split("/")
  return folder === "cli" ? "holdfast" : `@holdfast/${folder}`
}

describe("the keys of services", () => {
  it("requires service keys to begin with their package's name, so that no two packages use the same key", () => {
    assert.isAbove(keys.length, 20)
    assert.deepStrictEqual(
      keys.filter(({ key, path }) => !key.startsWith(`${ownerOf(path)}/`) && !key.startsWith("@effect/")),
      [],
    )
  })

  it("are unique", () => {
    const all = keys.map(({ key }) => key)
    assert.deepStrictEqual(
      all.filter((key, index) => all.indexOf(key) !== index),
      [],
    )
  })
})
