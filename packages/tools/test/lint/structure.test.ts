import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Graph from "../../lint/graph.ts"
import structure, { layers, rooms } from "../../lint/structure.ts"

const root = join(import.meta.dirname, "../../../..")

/** One forbidden import for each rule: the rule, the file, and the import. */
const forbidden: ReadonlyArray<readonly [rule: string, file: string, source: string]> = [
  // Every package imports the one that no package may import, and oauth imports its neighbour.
  ["layer-of-core", "packages/core/src/Up.ts", 'export * from "@holdfast/http/Base"'],
  ["layer-of-diagnosis", "packages/diagnosis/src/Up.ts", 'export type { base } from "@holdfast/http/Base"'],
  ["layer-of-http", "packages/http/src/Up.ts", 'export const up = import("@holdfast/s3/Base")'],
  [
    "layer-of-oauth",
    "packages/oauth/src/Up.ts",
    'import type { base } from "@holdfast/s3/Base"\nexport type Up = base',
  ],
  ["layer-of-s3", "packages/s3/test/Up.test.ts", 'import "@holdfast/c2c/Base"'],
  ["layer-of-c2c", "packages/c2c/src/Up.ts", 'export * from "@holdfast/explain"'],
  ["layer-of-durable", "packages/durable/src/Up.ts", 'export * from "@holdfast/explain/Base"'],
  ["layer-of-explain", "packages/explain/page/up.ts", 'export * from "@holdfast/sandbox/Base"'],
  ["layer-of-sandbox", "packages/sandbox/test/Up.test.ts", 'import "holdfast/Base"'],
  ["layer-of-cli", "packages/cli/src/Up.ts", 'export * from "@holdfast/bench/Base"'],
  ["diagnosis-runs-alone", "packages/diagnosis/src/Value.ts", 'export { base } from "@holdfast/core/Base"'],
  ["sandbox-stands-alone", "packages/sandbox/src/Shared.ts", 'export type { base } from "@holdfast/core/Base"'],
  ["private-rooms", "docs/pipelines/01.ts", 'import "@holdfast/tools/Base"'],
  ["no-circle", "packages/http/src/Left.ts", 'import type { right } from "./Right.ts"\nexport type left = right'],
  ["by-name", "packages/c2c/src/Path.ts", 'export * from "../../http/src/Base.ts"'],
  ["no-internal-of-another", "packages/s3/src/Inner.ts", 'export * from "../../http/src/internal/inner.ts"'],
  ["no-test-in-sources", "packages/core/src/Tested.ts", 'export * from "../test/support/base.ts"'],
  ["resolves", "packages/s3/src/Hidden.ts", 'export * from "@holdfast/http/internal/inner"'],
]

const allowed: ReadonlyArray<readonly [file: string, source: string]> = [
  ["packages/http/src/Right.ts", 'export type { left as right } from "./Left.ts"'],
  ["packages/diagnosis/src/Types.ts", 'import type { base } from "@holdfast/core/Base"\nexport type Types = base'],
  ["packages/cli/src/Down.ts", 'export * from "@holdfast/sandbox"\nexport * from "@holdfast/core"'],
  ["packages/http/test/Down.test.ts", 'import "../../core/test/support/base.ts"'],
  ["packages/bench/main.ts", 'import "@holdfast/tools/Base"\nimport "../http/src/internal/inner.ts"'],
  ["packages/core/test/support/base.ts", "export const base = 1"],
  ["packages/http/src/internal/inner.ts", "export const inner = 1"],
]

let workspace = ""
let violations: ReadonlyArray<Graph.Violation> = []

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(workspace, path)), { recursive: true })
  writeFileSync(join(workspace, path), `${text}\n`)
}

beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-structure-")))
  mkdirSync(join(workspace, "node_modules/@holdfast"), { recursive: true })
  for (const name of [...layers.flat(), ...rooms]) {
    const published = name === "cli" ? "holdfast" : `@holdfast/${name}`
    const exports = { ".": "./src/index.ts", "./*": "./src/*.ts", "./internal/*": null }
    write(`packages/${name}/package.json`, JSON.stringify({ name: published, exports }))
    write(`packages/${name}/src/Base.ts`, "export const base = 1")
    write(`packages/${name}/src/index.ts`, 'export * from "./Base.ts"')
    symlinkSync(join(workspace, "packages", name), join(workspace, "node_modules", published), "junction")
  }
  for (const [, path, source] of forbidden) write(path, source)
  for (const [path, source] of allowed) write(path, source)
  mkdirSync(join(workspace, "packages/tools/lint"))
  cpSync(join(root, "packages/tools/lint/structure.ts"), join(workspace, "packages/tools/lint/structure.ts"))
  violations = Graph.read(workspace, ["packages", "docs"]).summary.violations
}, 60_000)

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

describe("the rules of the structure", () => {
  it.each(forbidden)("%s forbids the import in %s", (rule, file) => {
    // A cycle has no first file.
    const broken = violations.filter(({ from, to }) => from === file || (rule === "no-circle" && to === file))
    assert.include(
      broken.map(({ rule: { name } }) => name),
      rule,
    )
  })

  it("tests every rule of the structure with a forbidden import", () => {
    const rules = structure.forbidden.map(({ name }) => name)
    assert.deepStrictEqual(rules.toSorted(), forbidden.map(([rule]) => rule).toSorted())
  })

  it("allows imports downward, core types in diagnosis, test helpers in tests, and any import in private packages", () => {
    const files = allowed.map(([file]) => file)
    assert.deepStrictEqual(
      violations.filter(({ from, rule: { name } }) => files.includes(from) && name !== "no-circle"),
      [],
    )
  })

  it("covers every package with the rules of the structure", () => {
    assert.deepStrictEqual(readdirSync(join(root, "packages")).toSorted(), [...layers.flat(), ...rooms].toSorted())
  })
})
