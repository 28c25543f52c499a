import { assert, beforeAll, afterAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const root = join(import.meta.dirname, "../../../..")
const bin = (name: string) => join(root, "node_modules", ".bin", name)

/** A separate workspace with this one's configuration, so that no forbidden line is ever in the real sources. */
let workspace = ""

beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-lint-")))
  cpSync(join(root, ".oxlintrc.json"), join(workspace, ".oxlintrc.json"))
  mkdirSync(join(workspace, "packages/tools/lint"), { recursive: true })
  for (const name of ["oxlint-plugin.js", "words.js"]) {
    cpSync(join(root, "packages/tools/lint", name), join(workspace, "packages/tools/lint", name))
  }
  symlinkSync(join(root, "node_modules"), join(workspace, "node_modules"), "junction")
})

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

/** Runs oxlint on one file at `path`; returns its exit code and output. */
const lint = (path: string, source: string): Promise<{ readonly code: number; readonly output: string }> => {
  const file = join(workspace, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, "node_modules", "oxlint", "bin", "oxlint"), "--deny-warnings", "--format", "json", path],
      { cwd: workspace },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })
}

describe("lint", () => {
  it.each([
    ["Math.random()", "export const a = Math.random()", "Random"],
    ["random taken out of Math", "export const { random } = Math", "Random"],
    ["Date.now()", "export const a = Date.now()", "Clock"],
    ["new Date()", "export const a = new Date()", "Clock"],
    ["Date()", "export const a = Date()", "Clock"],
    ["performance.now()", "export const a = performance.now()", "Clock"],
    ["setTimeout", "setTimeout(() => {}, 1)", "Clock"],
    ["globalThis.setTimeout", "globalThis.setTimeout(() => {}, 1)", "Clock"],
    ["setInterval", "setInterval(() => {}, 1)", "Clock"],
    ["node:timers/promises", 'export * as timers from "node:timers/promises"', "Clock"],
  ])("forbids %s in the sources, and reports the replacement", async (_name, source, use) => {
    const { code, output } = await lint("packages/core/src/Probe.ts", `${source}\n`)
    assert.strictEqual(code, 1, output)
    assert.include(output, use)
  })

  it("rejects words that the style guide bans in comments, in test titles, and in strings in the sources", async () => {
    const comment = "/** Nobody waits\n * for ever. */\nexport const a = 1\n"
    const text = 'export const a = "nobody"\n'
    const title = (written: string) => `import { it } from "vitest"\nit.each([1])(${written}, () => {})\n`
    const codes = await Promise.all([
      lint("packages/core/src/Comment.ts", comment),
      lint("packages/core/test/Comment.test.ts", comment),
      lint("packages/core/src/Text.ts", text),
      lint("packages/core/test/Text.test.ts", text),
      lint("packages/core/test/Title.test.ts", title('"is told once"')),
      lint("packages/core/test/Inserted.test.ts", title('`reports ${"nobody"}`')),
    ])
    assert.deepStrictEqual(
      codes.map(({ code }) => code),
      [1, 1, 1, 0, 1, 0],
      codes.map(({ output }) => output).join("\n"),
    )
    assert.include(codes[0]?.output, "name the actor")
  })

  it.each([
    ["console", "console.log(1)", "no-console"],
    ["a type imported as a value", 'import { A } from "./A.ts"\nexport type B = A', "consistent-type-imports"],
    ["the barrel of effect", 'export { Effect } from "effect"', "one module"],
  ])("forbids %s in the sources", async (_name, source, rule) => {
    const { code, output } = await lint("packages/core/src/Probe.ts", `${source}\n`)
    assert.strictEqual(code, 1, output)
    assert.include(output, rule)
  })

  it("rejects import cycles", async () => {
    writeFileSync(
      join(workspace, "packages/core/src/Left.ts"),
      'import { b } from "./Right.ts"\nexport const a = () => b\n',
    )
    const { code, output } = await lint(
      "packages/core/src/Right.ts",
      'import { a } from "./Left.ts"\nexport const b = () => a\n',
    )
    assert.strictEqual(code, 1, output)
    assert.include(output, "no-cycle")
  })

  it.each(["packages/core/test/Probe.ts", "packages/bench/soak/probe.ts", "packages/tools/docs/probe.ts"])(
    "allows %s to read the system clock",
    async (path) => {
      const { code, output } = await lint(path, "export const a = [Date.now(), Math.random(), new Date()]\n")
      assert.strictEqual(code, 0, output)
    },
  )

  it("allows sources to convert values with new Date(value)", async () => {
    const { code, output } = await lint("packages/core/src/Probe.ts", "export const a = (ms: number) => new Date(ms)\n")
    assert.strictEqual(code, 0, output)
  })
})

describe("Effect diagnostics", () => {
  it("reports ambient time, ambient randomness and an effect that is never run", async () => {
    mkdirSync(join(workspace, "packages/probe/src"), { recursive: true })
    cpSync(join(root, "tsconfig.base.json"), join(workspace, "tsconfig.base.json"))
    writeFileSync(
      join(workspace, "packages/probe/tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.base.json", include: ["src/**/*.ts"] }),
    )
    writeFileSync(
      join(workspace, "packages/probe/src/Probe.ts"),
      [
        'import * as Effect from "effect/Effect"',
        "export const a = Math.random()",
        "export const b = Date.now()",
        "export const c = () => {",
        "  Effect.void",
        "}",
        "",
      ].join("\n"),
    )
    const output = await new Promise<string>((resolve) => {
      execFile(
        bin("effect-tsgo"),
        ["diagnostics", "--project", join(workspace, "packages/probe/tsconfig.json"), "--format", "text", "--strict"],
        { cwd: workspace, env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` } },
        (error, stdout, stderr) => resolve(`${error === null ? 0 : error.code}\n${stdout}${stderr}`),
      )
    })
    assert.match(output, /^1\n/)
    for (const rule of ["globalRandom", "globalDate", "floatingEffect"]) assert.include(output, rule)
  }, 30_000)
})
