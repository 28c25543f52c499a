/**
 * The example of every code, as `explain` prints it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"
import * as ExplainRun from "../../src/explain/Run.ts"
import * as ExplainView from "../../src/explain/View.ts"
import * as Columns from "../../src/terminal/Columns.ts"

const examples = ["s3", "c2c", "oauth", "http"].flatMap((name) => {
  const directory = fileURLToPath(new URL(`../../../${name}/test/fixtures/codes`, import.meta.url))
  return Fs.existsSync(directory) ? Fs.readdirSync(directory).map((file) => `${directory}/${file}`) : []
})

const show = (target: string, color: boolean, flags: { readonly long?: boolean; readonly json?: boolean } = {}) =>
  ExplainRun.answer(
    { target, long: false, repair: false, json: false, ...flags },
    { stdin: undefined, columns: 80, color, errorColor: false },
  )

describe("the explanation of every code's example", () => {
  it("fits into 13 lines of 80 columns, both with and without color", async () => {
    assert.isAbove(examples.length, 100)
    for (const path of examples) {
      for (const color of [true, false]) {
        const { exitCode, stderr, stdout } = await show(path, color)
        assert.deepStrictEqual([exitCode, stderr], [0, []], path)
        assert.isAtMost(stdout.length, ExplainView.most, path)
        for (const line of stdout)
          assert.isAtMost(Columns.width(stripVTControlCharacters(line)), 80, `${path}: ${line}`)
      }
    }
  }, 60_000)

  it("shows the complete title", async () => {
    for (const path of examples) {
      const { stdout } = await show(path, false)
      const { title } = JSON.parse((await show(path, false, { json: true })).stdout[0] ?? "")
      const words = stdout.join(" ").replaceAll(/\s+/g, " ")
      assert.include(words, Columns.clean(title), path)
    }
  }, 60_000)
})
