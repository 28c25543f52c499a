/**
 * The width and the completeness of what `holdfast explain` prints into a pipe.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))
const failure = fileURLToPath(new URL("../fixtures/exchanges/late-token.http", import.meta.url))

/** Both code paths: the plain form starts without Effect, and a switch with a value uses the parser of all commands. */
const roads = [
  ["explain", failure],
  ["explain", "--long=false", failure],
]

describe("holdfast explain in a pipe", () => {
  for (const args of roads) {
    it(`respects COLUMNS and does not shorten any text (${args.slice(1, -1).join(" ") || "plain"})`, () => {
      const lines = (columns: string) =>
        spawnSync(process.execPath, [bin, ...args], {
          encoding: "utf8",
          env: { ...process.env, NODE_OPTIONS: "", COLUMNS: columns },
        })
          .stdout.trimEnd()
          .split("\n")
      const narrow = lines("40")
      assert.isAtMost(Math.max(...narrow.map((line) => line.length)), 40)
      assert.isAbove(Math.max(...lines("100").map((line) => line.length)), 80)
      assert.isAbove(narrow.length, 12)
      const words = (of: ReadonlyArray<string>) => of.join("").replaceAll(" ", "")
      assert.strictEqual(words(narrow), words(lines("")))
      assert.notInclude(words(narrow), "…")
    }, 30_000)
  }
})
