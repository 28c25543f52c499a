import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { basename, join } from "node:path"
import { read, root } from "../../docs/pages.ts"
import { layers } from "../../lint/structure.ts"
import { manifestOf, promised } from "../../pack/tarball.ts"

/** The names of the modules that a package exports. */
const modulesOf = (name: string): ReadonlyArray<string> => {
  const folder = join(root, "packages", name)
  const files = globSync("src/*.ts", { cwd: folder }).map((path) => `dist/${basename(path, ".ts")}.js`)
  const manifest = manifestOf(folder)
  return promised({ manifest, files })
    .map((specifier) => specifier.slice(manifest.name.length + 1))
    .filter((module) => module !== "")
}

/** The first column of the table of modules. */
const listedIn = (page: string): ReadonlyArray<string> => {
  const [, table = ""] = /^\| module \|.*\n\|[ |-]+\n((?:\|.*\n)+)/m.exec(page) ?? []
  return table
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name))
}

describe("the README of", () => {
  const libraries = layers.flat().filter((name) => name !== "cli")

  it.each(libraries)("%s lists each exported module of the package exactly once, and nothing else", (name) => {
    assert.deepStrictEqual(listedIn(read(`packages/${name}/README.md`)).toSorted(), modulesOf(name).toSorted())
  })

  it("lists every exported module in the command's README", () => {
    const page = read("packages/cli/README.md")
    assert.deepStrictEqual(
      modulesOf("cli").filter((module) => !page.includes(`\`${module}\``)),
      [],
    )
  })
})
