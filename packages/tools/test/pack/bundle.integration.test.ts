/**
 * Tests the bundle of the command: what it imports, and whose code it contains.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { isBuiltin } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Command from "../../pack/bundle/command.ts"
import * as Licenses from "../../pack/bundle/licenses.ts"

let folder: string

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-bundle-")))
  await Command.build(join(folder, "bundle"))
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true }))

/** Matches the static imports of a module. */
const importing = /^import (?:.*? from )?"([^"]+)";$/gm

const names = (): ReadonlyArray<string> => readdirSync(join(folder, "bundle")).toSorted()

const scripts = (): ReadonlyArray<string> => names().filter((name) => name.endsWith(".js"))

const read = (name: string): string => readFileSync(join(folder, "bundle", name), "utf8")

describe("the bundle of the command", () => {
  it("contains the command, its form for clusters and explain with their maps, the licenses and the list of inputs", () => {
    assert.deepStrictEqual(names(), [
      "THIRD-PARTY-LICENSES.txt",
      "cluster.js",
      "cluster.js.map",
      "explain.js",
      "explain.js.map",
      "holdfast.js",
      "holdfast.js.map",
      "inputs.json",
    ])
  })

  it("imports only Node modules, and loads each module when it is first used", () => {
    const found = (pattern: RegExp) =>
      new Set(scripts().flatMap((name) => Array.from(read(name).matchAll(pattern), ([, from = ""]) => from)))
    assert.deepStrictEqual([...found(importing)], ["node:module"])
    const used = [...found(/\bgetBuiltinModule\("([^"]+)"\)/g)]
    assert.includeMembers(used, ["node:crypto", "node:child_process", "node:tls"])
    assert.deepStrictEqual(
      used.filter((name) => !isBuiltin(name)),
      [],
    )
  })

  it("explains a file without loading the upload code, and runs all other commands from a separate file", () => {
    assert.isBelow(read("explain.js").length, read("holdfast.js").length / 2)
    assert.notInclude(read("explain.js"), "packages/c2c/src/Uploader.ts")
    const ran = spawnSync(process.execPath, [join(folder, "bundle/explain.js"), "explain", "--help"], {
      encoding: "utf8",
    })
    assert.deepStrictEqual([ran.status, ran.stderr], [0, ""])
    assert.include(ran.stdout, "holdfast explain")
  })

  it("runs a command on one machine without loading the code of a cluster", () => {
    for (const part of ["node_modules/@effect/sql-pg/", "/src/cluster/Connection.ts"]) {
      assert.include(read("cluster.js.map"), part)
      assert.notInclude(read("holdfast.js.map"), part)
    }
  })

  it("removes files that an earlier build left", async () => {
    writeFileSync(join(folder, "bundle/Old-00000000.js"), "")
    await Command.build(join(folder, "bundle"))
    assert.notInclude(names(), "Old-00000000.js")
  }, 60_000)

  it("runs alongside another version of Effect", () => {
    const effect = join(folder, "node_modules/effect")
    mkdirSync(effect, { recursive: true })
    writeFileSync(join(effect, "package.json"), JSON.stringify({ name: "effect", version: "4.0.6", type: "module" }))
    writeFileSync(join(effect, "index.js"), `throw new Error("the other Effect was loaded")`)
    const ran = spawnSync(process.execPath, [join(folder, "bundle/holdfast.js"), "policy", "--json"], {
      encoding: "utf8",
    })
    assert.deepStrictEqual([ran.status, ran.stderr], [0, ""])
    assert.isNumber(JSON.parse(ran.stdout).worstCase.attempts)
  }, 30_000)

  it("lists the license of every package that the bundle's maps name", () => {
    const sources = names()
      .filter((name) => name.endsWith(".map"))
      .flatMap((name) => (JSON.parse(read(name)) as { readonly sources: ReadonlyArray<string> }).sources)
    const packages = sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [])
    const listed = [...read("THIRD-PARTY-LICENSES.txt").matchAll(/^-{80}\n(\S+) \S+: \S+$/gm)].map(([, name]) => name)
    assert.includeMembers(listed, ["effect", "@effect/platform-node", "undici", "log-update"])
    assert.deepStrictEqual([...new Set(packages)].toSorted(), [...new Set(listed)].toSorted())
  })

  it("contains only code under permissive licenses", () => {
    const found = [...read("THIRD-PARTY-LICENSES.txt").matchAll(/^-{80}\n\S+ \S+: (.+)$/gm)].map(
      ([, license]) => license,
    )
    assert.deepStrictEqual([...new Set(found)].toSorted(), ["ISC", "MIT"])
  })

  it("is up to date only if no source changed during the build", () => {
    assert.isTrue(Command.isStable([998, 999], 1000))
    assert.isFalse(Command.isStable([998, 1000], 1000))
  })
})

describe("the licenses of a bundle", () => {
  const installed = (name: string, manifest: object, files: Readonly<Record<string, string>> = {}): string => {
    const at = join(folder, "node_modules", name)
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }))
    for (const [file, content] of Object.entries(files)) writeFileSync(join(at, file), content)
    return join(at, "index.js")
  }

  it("includes the license text of each package once, or the license that its manifest states", () => {
    const one = installed("one", { license: "MIT" }, { "LICENSE.md": "Copyright One" })
    const two = installed("two", { license: "ISC", author: { name: "Two" } })
    const found = Licenses.of([one, one.replace("index", "other"), two, "/elsewhere/own.ts"])
    assert.deepStrictEqual(
      found.map(({ license, name, text }) => [name, license, text]),
      [
        ["one", "MIT", "Copyright One"],
        ["two", "ISC", "The package has no license file. Its manifest states the license ISC and the author Two."],
      ],
    )
  })

  it("fails if a package has no license", () => {
    const none = installed("none", {})
    assert.throws(() => Licenses.of([none]), "none states no license")
  })
})

describe("a module that a program imports from the command", () => {
  const importing = (name: string, version: string | undefined) => {
    const project = join(folder, name)
    mkdirSync(join(project, "node_modules/effect"), { recursive: true })
    copyFileSync(new URL("../../pack/bundle/effectVersion.js", import.meta.url), join(project, "effectVersion.mjs"))
    if (version !== undefined) {
      writeFileSync(join(project, "node_modules/effect/package.json"), JSON.stringify({ name: "effect", version }))
    }
    const ran = spawnSync(process.execPath, [join(project, "effectVersion.mjs")], { encoding: "utf8" })
    return /^Error: .*$/m.exec(ran.stderr)?.[0]
  }

  it("accepts every release of Effect 4.1", () => {
    assert.isUndefined(importing("same", "4.1.0"))
    assert.isUndefined(importing("later", "4.1.12"))
  })

  it.each(["4.0.6", "4.2.0", "3.18.4", "4.1.0-beta.1"])(
    "reports on one line that it cannot use Effect %s",
    (version) => {
      assert.strictEqual(
        importing(version, version),
        `Error: the modules of holdfast need effect 4.1, found ${version}: npm install effect@~4.1.0`,
      )
    },
  )
})
