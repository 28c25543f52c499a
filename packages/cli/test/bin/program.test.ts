import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { pathToFileURL } from "node:url"
import * as Program from "../../bin/program.js"

let workspace: string
let folder: string

const write = (path: string, content: string): string => {
  const file = Path.join(folder, path)
  Fs.mkdirSync(Path.dirname(file), { recursive: true })
  Fs.writeFileSync(file, content)
  return file
}

/** A bundle of the current sources. */
const bundle = (...paths: ReadonlyArray<string>): void => {
  write("dist/bundle/holdfast.js", "")
  const inputs = paths.map((path) => {
    const { mtimeMs, size } = Fs.statSync(Path.join(folder, path))
    return [path, mtimeMs, size]
  })
  write("dist/bundle/inputs.json", JSON.stringify(inputs))
}

const chosen = (command = "", flags: ReadonlyArray<string> = [], environment: Record<string, string> = {}): string => {
  const args = command === "" ? [] : [command, ...flags]
  const { isSource, url } = Program.choose(args, folder, environment)
  return url.slice(pathToFileURL(folder).href.length + 1) + (isSource ? " (sources)" : "")
}

beforeEach(() => {
  workspace = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-program-"))
  folder = Path.join(workspace, "cli")
  write("src/main.ts", "main")
  write("../core/src/Gate.ts", "gate")
})

afterEach(() => {
  Fs.rmSync(workspace, { recursive: true })
})

describe("a published package", () => {
  it("runs its bundle", () => {
    assert.strictEqual(chosen(), "dist/bundle/holdfast.js")
    assert.strictEqual(chosen("upload"), "dist/bundle/holdfast.js")
  })

  it("explains an exchange without loading the code of other commands", () => {
    assert.strictEqual(chosen("explain"), "dist/bundle/explain.js")
  })

  it("loads the code of a cluster only for a worker and for a command that names a database", () => {
    const cluster = "dist/bundle/cluster.js"
    assert.strictEqual(chosen("worker"), cluster)
    assert.strictEqual(chosen("queue", ["list", "--database", "postgres://h/d"]), cluster)
    assert.strictEqual(chosen("queue", ["list", "--database=postgres://h/d"]), cluster)
    assert.strictEqual(chosen("queue", ["list"], { HOLDFAST_DATABASE: "postgres://h/d" }), cluster)
    assert.strictEqual(chosen("queue", ["list"], { HOLDFAST_DATABASE: "" }), "dist/bundle/holdfast.js")
  })
})

describe("a checkout", () => {
  beforeEach(() => write("tsconfig.json", "{}"))

  it("runs from source if there is no bundle", () => {
    assert.strictEqual(chosen(), "src/main.ts (sources)")
    assert.strictEqual(chosen("explain"), "src/main.ts (sources)")
  })

  it("runs from the bundle if no source file has changed", () => {
    bundle("src/main.ts", "../core/src/Gate.ts")
    assert.strictEqual(chosen(), "dist/bundle/holdfast.js")
  })

  it("runs from source if a source file is newer than the bundle", () => {
    bundle("src/main.ts", "../core/src/Gate.ts")
    Fs.utimesSync(Path.join(folder, "../core/src/Gate.ts"), new Date(), new Date(Date.now() + 1000))
    assert.strictEqual(chosen(), "src/main.ts (sources)")
  })

  it("runs from source if a source file was replaced by an older file", () => {
    bundle("src/main.ts")
    Fs.utimesSync(Path.join(folder, "src/main.ts"), new Date(0), new Date(0))
    assert.strictEqual(chosen(), "src/main.ts (sources)")
  })

  it("runs from source if a source file was rewritten without changing its modification time", () => {
    const { atime, mtime } = Fs.statSync(Path.join(folder, "src/main.ts"))
    Fs.utimesSync(Path.join(folder, "src/main.ts"), atime, mtime)
    bundle("src/main.ts")
    write("src/main.ts", "another")
    Fs.utimesSync(Path.join(folder, "src/main.ts"), atime, mtime)
    assert.strictEqual(chosen(), "src/main.ts (sources)")
  })

  it("runs from source if a source file in the bundle was deleted", () => {
    bundle("src/main.ts", "../core/src/Gate.ts")
    Fs.rmSync(Path.join(folder, "../core/src/Gate.ts"))
    assert.strictEqual(chosen(), "src/main.ts (sources)")
  })

  it("runs from source if the bundle is incomplete", () => {
    bundle("src/main.ts")
    for (const damaged of ["", "[", "{}", "null"]) {
      write("dist/bundle/inputs.json", damaged)
      assert.strictEqual(chosen(), "src/main.ts (sources)", damaged)
    }
    bundle("src/main.ts")
    Fs.rmSync(Path.join(folder, "dist/bundle/holdfast.js"))
    assert.strictEqual(chosen(), "src/main.ts (sources)")
  })
})
