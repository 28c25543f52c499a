import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Cli from "holdfast/Cli"
import * as ExitCode from "holdfast/ExitCode"
import { Output } from "holdfast/Output"
import * as Fs from "node:fs"
import * as Reference from "../../src/commandLine/Reference.ts"

const names = ["upload", "pair", "status", "signout", "doctor", "explain", "policy", "sandbox", "help"]

const readme = Fs.readFileSync(new URL("../../README.md", import.meta.url), "utf8")

const help = (args: ReadonlyArray<string>, columns = 80) => {
  const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
  return Cli.run(args).pipe(
    Effect.provide(Output.layerMemory(lines, undefined, columns)),
    Effect.map((exitCode) => {
      assert.deepStrictEqual([exitCode, lines.stderr], [0, []])
      return lines.stdout
    }),
  )
}

/** The lines below a heading. */
const section = (lines: ReadonlyArray<string>, heading: string): ReadonlyArray<string> => {
  const start = lines.indexOf(heading) + 1
  const end = lines.indexOf("", start)
  return start === 0 ? [] : lines.slice(start, end === -1 ? undefined : end)
}

describe("the help of a command", () => {
  it.live("lists the command's own exit codes", () =>
    Effect.gen(function* () {
      const codes = (lines: ReadonlyArray<string>) =>
        section(lines, "EXIT CODES").flatMap((line) => /^ *(\d+)  \S/.exec(line)?.slice(1).map(Number) ?? [])
      assert.deepStrictEqual(
        codes(yield* help(["upload", "--help"])),
        Object.values(ExitCode.table).map(({ code }) => code),
      )
      assert.deepStrictEqual(codes(yield* help(["pair", "--help"])), [0, 1, 2, 4, 5, 6, 7, 130])
      assert.deepStrictEqual(codes(yield* help(["status", "--help"])), [0, 1, 2, 4, 5, 6, 7, 130])
      assert.deepStrictEqual(codes(yield* help(["signout", "--help"])), [0, 1, 2, 5, 6, 7, 130])
      assert.deepStrictEqual(codes(yield* help(["doctor", "--help"])), [0, 1, 2, 4, 5, 6, 7, 130])
      assert.deepStrictEqual(codes(yield* help(["explain", "--help"])), [0, 1, 2, 130])
      assert.deepStrictEqual(codes(yield* help(["policy", "--help"])), [0, 1, 2, 7, 130])
      assert.deepStrictEqual(codes(yield* help(["sandbox", "--help"])), [1, 2, 7, 130])
      assert.include(
        section(yield* help(["status", "--help"]), "EXIT CODES").join("\n"),
        "4  this device is not paired",
      )
    }),
  )

  it.live("lists the environment variables that the command reads, and the README explains all of them", () =>
    Effect.gen(function* () {
      for (const name of names) {
        const text = section(yield* help([name, "--help"]), "ENVIRONMENT").join("\n")
        const variables = Reference.environmentOf(name).flatMap((variable) => variable.names.split(", "))
        for (const variable of variables) {
          assert.include(text, variable)
          assert.include(readme, `\`${variable}`)
        }
        assert.strictEqual(
          text.includes("HOLDFAST_CLIENT_ID"),
          ["upload", "pair", "status", "signout", "doctor"].includes(name),
        )
        assert.strictEqual(text.includes("LC_ALL"), name === "policy")
      }
    }),
  )

  it.live("prints the same help for `COMMAND --help`, `COMMAND -h` and `holdfast help COMMAND`", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* help(["help"]), yield* help(["--help"]))
      for (const name of names) {
        const asked = yield* help([name, "--help"])
        if (name !== "help") assert.deepStrictEqual(yield* help(["help", name]), asked)
        if (name !== "help") assert.deepStrictEqual(yield* help([name, "-h"]), asked)
      }
    }),
  )

  it.live("wraps to the terminal width without losing a word", () =>
    Effect.gen(function* () {
      for (const args of [["--help"], ...names.map((name) => [name, "--help"])]) {
        const words = (lines: ReadonlyArray<string>) => lines.join(" ").split(/\s+/).join(" ")
        const wide = words(yield* help(args, 100))
        for (const columns of [40, 60, 80]) {
          const lines = yield* help(args, columns)
          // A command to copy stays on one line.
          for (const line of lines) if (!/ holdfast /.test(line)) assert.isAtMost(line.length, columns, line)
          assert.strictEqual(words(lines), wide)
        }
      }
    }),
  )
})
