import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

const script = (shell: string) =>
  Effect.map(OneRun.command(["--completions", shell]), ({ exitCode, stdout }) => {
    assert.strictEqual(exitCode, 0)
    return stdout.join("\n")
  })

/** What bash offers for the last of these words, in a directory with `clip.mov` and the folder `card`. */
const offers = (bash: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-completion-"))
  Fs.writeFileSync(Path.join(directory, "clip.mov"), "")
  Fs.mkdirSync(Path.join(directory, "card"))
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    _holdfast holdfast "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\\n' "\${COMPREPLY[@]}"`
  const ran = spawnSync("bash", ["-c", `${bash}\n${ask}`, "bash", "holdfast", ...words], {
    cwd: directory,
    encoding: "utf8",
  })
  Fs.rmSync(directory, { recursive: true })
  assert.strictEqual(ran.stderr, "")
  return ran.stdout.trimEnd().split("\n").toSorted()
}

describe("the completion script", () => {
  it.live("of bash offers files where a file is an operand or the value of a flag", () =>
    Effect.gen(function* () {
      const bash = yield* script("bash")
      for (const words of [
        ["upload", ""],
        ["upload", "--json", ""],
        ["upload", "clip.mov", ""],
        ["upload", "--sample", ""],
        ["upload", "--faults", ""],
        ["explain", ""],
        ["policy", ""],
        ["policy", "--svg", ""],
      ]) {
        assert.deepStrictEqual(offers(bash, words), ["card", "clip.mov"], words.join(" "))
      }
      assert.deepStrictEqual(offers(bash, ["upload", "cl"]), ["clip.mov"])
    }),
  )

  it.live("of bash offers no file where none is expected, and the words that are", () =>
    Effect.gen(function* () {
      const bash = yield* script("bash")
      assert.deepStrictEqual(offers(bash, ["pair", ""]), [""])
      assert.deepStrictEqual(offers(bash, ["status", "c"]), [""])
      assert.deepStrictEqual(offers(bash, ["up"]), ["upload"])
      assert.deepStrictEqual(offers(bash, ["help", "s"]), ["sandbox", "signout", "status"])
      assert.deepStrictEqual(offers(bash, ["--completions", "f"]), ["fish"])
      assert.deepStrictEqual(offers(bash, ["upload", "--s"]), ["--sample", "--sandbox", "--seed"])
      assert.deepStrictEqual(offers(bash, ["pair", "--"]), ["--api", "--help"])
    }),
  )

  it.live("of zsh and fish offers files for the same operands and flags", () =>
    Effect.gen(function* () {
      const zsh = (yield* script("zsh")).split("\n")
      assert.deepStrictEqual(
        zsh.filter((line) => line.includes("_files")).map((line) => /--\w+|^\s*'\*?:/.exec(line)?.[0].trim()),
        ["--faults", "--sample", "'*:", "':", "--svg", "':", "--faults"],
      )
      const fish = (yield* script("fish")).split("\n")
      assert.deepStrictEqual(
        fish
          .filter((line) => / -F\b/.test(line))
          .map((line) => /from (\w+).*?(?: -l (\w+))? -(?:d|r)/.exec(line)?.slice(1).join(" ").trim()),
        ["upload faults", "upload sample", "upload", "explain", "policy svg", "policy", "sandbox faults"],
      )
    }),
  )

  it.live("is refused for a shell that has none", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* OneRun.command(["--completions", "csh"])
      assert.deepStrictEqual([exitCode, stdout], [2, []])
    }),
  )
})
