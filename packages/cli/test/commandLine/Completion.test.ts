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

/** Runs a shell in a directory with `clip.mov` and the folder `card`. */
const runShell = (shell: string, args: ReadonlyArray<string>): ReturnType<typeof spawnSync> & { stdout: string } => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-completion-"))
  Fs.writeFileSync(Path.join(directory, "clip.mov"), "")
  Fs.mkdirSync(Path.join(directory, "card"))
  const ran = spawnSync(shell, args, { cwd: directory, encoding: "utf8", timeout: 20_000 })
  Fs.rmSync(directory, { recursive: true })
  return ran
}

const sorted = (lines: string): ReadonlyArray<string> => lines.trimEnd().split("\n").toSorted()

/** The completions that bash offers for the last of these words. */
const offers = (bash: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    _holdfast holdfast "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\\n' "\${COMPREPLY[@]}"`
  const ran = runShell("bash", ["-c", `${bash}\n${ask}`, "bash", "holdfast", ...words])
  assert.strictEqual(ran.stderr, "")
  return sorted(ran.stdout)
}

/** The completions that fish offers, without descriptions and without the slashes of folders. */
const offersInFish = (fish: string, line: string): ReadonlyArray<string> => {
  const ran = runShell("fish", ["--no-config", "-c", `${fish}\ncomplete -C ${JSON.stringify(line)}`])
  assert.strictEqual(ran.stderr, "")
  return sorted(ran.stdout.replaceAll(/\/$|\t.*$/gm, ""))
}

/** Completes a line as soon as zsh is ready to edit one, and records what its completion functions add. */
const zshrc = `autoload -Uz compinit; compinit -u -D
source $ZDOTDIR/completion
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> $ZDOTDIR/offered; builtin compadd "$@"
}
zle-line-init() { BUFFER=$LINE_TO_COMPLETE; CURSOR=$#BUFFER; zle complete-word; exit }
zle -N zle-line-init`

/** The completions of zsh, which completes only in a terminal. */
const offersInZsh = (zsh: string, line: string): ReadonlyArray<string> => {
  const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-zsh-"))
  const offered = Path.join(home, "offered")
  for (const [name, text] of [
    [".zshrc", zshrc],
    ["completion", zsh],
    ["offered", ""],
  ] as const) {
    Fs.writeFileSync(Path.join(home, name), text)
  }
  const started = `export ZDOTDIR=$1 LINE_TO_COMPLETE=$2
    zmodload zsh/zpty; zpty z zsh -i; while zpty -r z line; do :; done`
  const ran = runShell("zsh", ["-f", "-c", started, "zsh", home, line])
  const words = sorted(Fs.readFileSync(offered, "utf8"))
  Fs.rmSync(home, { recursive: true })
  assert.strictEqual(ran.stderr, "")
  return words.filter((word) => word !== "")
}

const has = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0

/** The completions of each shell for a line. */
const lines: Readonly<Record<string, ReadonlyArray<string>>> = {
  "holdfast up": ["upload"],
  "holdfast upload c": ["card", "clip.mov"],
  "holdfast upload clip.mov c": ["card", "clip.mov"],
  "holdfast upload --sample ": ["card", "clip.mov"],
  "holdfast upload --faults ": ["card", "clip.mov"],
  "holdfast explain c": ["card", "clip.mov"],
  "holdfast policy --svg ": ["card", "clip.mov"],
  "holdfast upload --s": ["--sample", "--sandbox", "--seed", "--skip-uploaded"],
  "holdfast pair --": ["--api", "--help"],
  "holdfast help s": ["sandbox", "signout", "status"],
  "holdfast --completions f": ["fish"],
}

describe("the completion script", () => {
  it.live("the bash script offers files wherever an operand or a flag value is expected to be a file", () =>
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

  it.live("the bash script offers only words where no file is expected", () =>
    Effect.gen(function* () {
      const bash = yield* script("bash")
      assert.deepStrictEqual(offers(bash, ["pair", ""]), [""])
      assert.deepStrictEqual(offers(bash, ["status", "c"]), [""])
      assert.deepStrictEqual(offers(bash, ["up"]), ["upload"])
      assert.deepStrictEqual(offers(bash, ["help", "s"]), ["sandbox", "signout", "status"])
      assert.deepStrictEqual(offers(bash, ["--completions", "f"]), ["fish"])
      assert.deepStrictEqual(offers(bash, ["upload", "--s"]), ["--sample", "--sandbox", "--seed", "--skip-uploaded"])
      assert.deepStrictEqual(offers(bash, ["pair", "--"]), ["--api", "--database", "--device", "--help", "--import"])
    }),
  )

  it.live("the zsh and fish scripts offer files for the same operands and flags as the bash script", () =>
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

  for (const [shell, offer] of [
    ["zsh", offersInZsh],
    ["fish", offersInFish],
  ] as const) {
    it.live.skipIf(!has(shell))(
      `offers files and words in ${shell}`,
      () =>
        Effect.gen(function* () {
          const text = yield* script(shell)
          for (const [line, expected] of Object.entries(lines)) {
            assert.deepStrictEqual(offer(text, line), expected, line)
          }
        }),
      60_000,
    )
  }

  it.live("a request for an unsupported shell is rejected", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* OneRun.command(["--completions", "csh"])
      assert.deepStrictEqual([exitCode, stdout], [2, []])
    }),
  )
})
