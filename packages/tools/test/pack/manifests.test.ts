import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { layers } from "../../lint/structure.ts"

const root = join(import.meta.dirname, "../../../..")

/** The condition that leads to the sources in this workspace and in no other project. */
const sources = "@holdfast/source"

interface Manifest {
  readonly exports: Readonly<Record<string, string | null | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest

/** The modules of Effect that a package imports: `Effect`, `http/HttpClient`. */
const imported = (name: string): ReadonlyArray<string> => {
  const files = globSync(join(root, "packages", name, "src/**/*.ts"))
  const names = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\bfrom "effect\/([\w/-]+)"/g)].map(([, module = ""]) => module),
  )
  return [...new Set(names)].toSorted()
}

/** The stability of an Effect module, which the first comment of its source states. */
const stability = (module: string): string | undefined =>
  /@stability (\w+)/.exec(readFileSync(join(root, `node_modules/effect/src/${module}.ts`), "utf8"))?.[1]

describe("the published manifest of", () => {
  it.each(layers.flat())("%s has no condition that another project may set for its own sources", (name) => {
    const conditions = Object.values(manifestOf(name).exports).flatMap((target) =>
      target === null || typeof target === "string" ? [] : Object.keys(target),
    )
    // The bundled modules of the command are in another folder than their types.
    const wanted = name === "cli" ? [sources, "types", "default"] : [sources, "default"]
    assert.deepStrictEqual([...new Set(conditions)], wanted)
  })

  it.each(layers.flat())("%s lists exactly the modules that its index exports", (name) => {
    const { exports } = manifestOf(name)
    const named = Object.entries(exports).flatMap(([key, target]) =>
      key === "." || target === null || typeof target === "string" ? [] : [target[sources] ?? key],
    )
    // A folder with an index of its own is an entry point whose modules the package's index does not load.
    const modules = named.filter((module) => !module.endsWith("/index.ts"))
    const index = readFileSync(join(root, "packages", name, "src/index.ts"), "utf8")
    const exported = [...index.matchAll(/from "\.\/([\w/]+)\.ts"/g)].map(([, path]) => `./src/${path}.ts`)
    assert.deepStrictEqual(modules.toSorted(), [...new Set(exported)].toSorted())
  })

  const libraries = layers.flat().filter((name) => name !== "cli")

  it.each(libraries)("%s accepts every minor release of Effect only if it imports only stable modules", (name) => {
    const modules = imported(name)
    const stable = modules.every((module) => stability(module) === "stable")
    const wanted = modules.length === 0 ? undefined : stable ? "^4.1.0" : "~4.1.0"
    const { dependencies = {}, peerDependencies = {} } = manifestOf(name)
    assert.strictEqual(peerDependencies["effect"], wanted, modules.join(", "))
    assert.notProperty(dependencies, "effect")
  })

  it("core imports only stable modules from Effect", () => {
    assert.deepStrictEqual(
      imported("core").filter((module) => stability(module) !== "stable"),
      [],
    )
  })
})
