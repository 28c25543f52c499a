import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Graph from "../../lint/graph.ts"
import { layers } from "../../lint/structure.ts"
import { root } from "../../docs/pages.ts"

const generated = /(^|\/)(node_modules|dist|coverage|fixtures|test\/corpus|docs\/generated)(\/|$)/

/** The files below a folder, from the root, except installed, built, captured and generated ones. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => ({ entry, path: `${folder}/${entry.name}` }))
    .filter(({ path }) => !generated.test(path))
    .flatMap(({ entry, path }) => (entry.isDirectory() ? filesIn(path) : [path]))

const files = ["packages", "docs"].flatMap(filesIn)
const isTest = (path: string): boolean => path.includes("/test/")
const scripts = files.filter((path) => /\.(ts|js)$/.test(path))
const linesOf = (path: string): number => readFileSync(join(root, path), "utf8").trimEnd().split("\n").length

/** The files with more than `most` lines. */
const longer = (paths: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  paths
    .map((path) => [path, linesOf(path)] as const)
    .filter(([, lines]) => lines > most)
    .map(([path, lines]) => `${path}: ${lines} lines`)

/** The files tracked by git, so that a scratch folder in a checkout breaks no test. */
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trimEnd().split("\n")

describe("the layout of the workspace", () => {
  it("allows only the folders packages and docs at the root, and only root files that concern the whole workspace", () => {
    assert.deepStrictEqual(
      [...new Set(tracked.map((path) => path.replace(/\/.*/, "")))].filter((name) => !name.startsWith(".")).toSorted(),
      [
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "docs",
        "llms.txt",
        "package-lock.json",
        "package.json",
        "packages",
        "tsconfig.base.json",
        "tsconfig.json",
        "vitest.workspace.ts",
      ],
    )
  })

  it("allows only prose, programs, images, samples and generated files in docs", () => {
    const folders = ["generated", "images", "pipelines", "policies", "samples"]
    const others = readdirSync(join(root, "docs")).filter((name) => !name.endsWith(".md") && !folders.includes(name))
    assert.deepStrictEqual(others, [])
    assert.deepStrictEqual(
      files.filter((path) => /^docs\/(images|samples)\/.*\.(ts|js|sh)$/.test(path)),
      [],
    )
  })

  it("allows at most 25 files in a folder", () => {
    const sizes = new Map<string, number>()
    for (const path of files) {
      const folder = path.slice(0, path.lastIndexOf("/"))
      sizes.set(folder, (sizes.get(folder) ?? 0) + 1)
    }
    assert.deepStrictEqual(
      [...sizes].filter(([, size]) => size > 25),
      [],
    )
  })

  it("allows at most 300 lines in a source file", () => {
    assert.deepStrictEqual(
      longer(
        scripts.filter((path) => !isTest(path)),
        300,
      ),
      [],
    )
  })

  it("allows at most 500 lines in a test file", () => {
    assert.deepStrictEqual(longer(scripts.filter(isTest), 500), [])
  })
})

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | null | { readonly "@holdfast/source": string }>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest

describe("the names of sources", () => {
  it("requires PascalCase in core for modules listed in exports, and camelCase for modules that cannot be imported", () => {
    const named = Object.values(manifestOf("core").exports ?? {}).flatMap((target) =>
      target === null || typeof target === "string" ? [] : target["@holdfast/source"].replace("./", "packages/core/"),
    )
    const pascal = files.filter((path) => /^packages\/core\/src\/(.*\/)?([A-Z]\w*|index)\.ts$/.test(path))
    assert.deepStrictEqual(pascal.toSorted(), named.toSorted())
  })

  it("requires camelCase for file names in src/internal", () => {
    assert.deepStrictEqual(
      files.filter((path) => /\/src\/internal\/(.*\/)?[A-Z]\w*\.ts$/.test(path)),
      [],
    )
  })
})

describe("every package", () => {
  const packages = readdirSync(join(root, "packages"))

  it("compiles every package with npm run check", () => {
    const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
      readonly references: ReadonlyArray<{ readonly path: string }>
    }
    const compiled = references.map(({ path }) => path)
    assert.deepStrictEqual(
      packages.filter((name) => !compiled.includes(`packages/${name}`)),
      [],
    )
  })

  it("runs the tests of every package with npm test, except the tests of the peers package, which has its own configuration", () => {
    const [, list = ""] =
      /const packages = \[([^\]]*)\]/.exec(readFileSync(join(root, "vitest.workspace.ts"), "utf8")) ?? []
    const run = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name)
    assert.deepStrictEqual(run.toSorted(), packages.filter((name) => name !== "peers").toSorted())
  })
})

describe("the manifest of", () => {
  const published = layers.flat()
  const names = new Map(published.map((name) => [name, manifestOf(name).name]))
  const { modules } = Graph.read(root, ["packages"])

  it.each(published)("%s lists exactly the packages that its sources import", (name) => {
    const { dependencies, devDependencies, peerDependencies } = manifestOf(name)
    // The published command contains what it imports.
    const installed = name === "cli" ? devDependencies : { ...dependencies, ...peerDependencies }
    const asked = Object.keys({ ...installed }).filter((one) => [...names.values()].includes(one))
    const imported = modules
      .filter(({ source }) => source.startsWith(`packages/${name}/src/`))
      .flatMap(({ dependencies: imports }) => imports.map(({ resolved }) => Graph.packageOf(resolved)))
      .filter((one) => one !== undefined && one !== name)
      .map((one) => names.get(one ?? ""))
    assert.deepStrictEqual(asked.toSorted(), [...new Set(imported)].toSorted())
  })
})
