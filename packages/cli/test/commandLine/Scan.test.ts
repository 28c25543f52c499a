import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as CommandLine from "../support/commandLine.ts"

const { reads, refuses } = CommandLine

describe("Scan", () => {
  describe("a word that begins with - and is not a flag of the command", () => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [
        ["upload", "-v", "clip.mov"],
        "upload has no flag -v; for a file with this name, write ./-v or put -- before the name",
      ],
      [["upload", "-verbose", "clip.mov"], "upload has no flag -verbose; for a file with this name, write ./-verbose"],
      [["upload", "clip.mov", "-x.mov"], "upload has no flag -x.mov; for a file with this name, write ./-x.mov"],
      [["upload", "-hq.mov"], "upload has no flag -hq.mov; for a file with this name, write ./-hq.mov"],
      [["upload", "-qv", "clip.mov"], "upload has no flag -qv"],
      [["upload", "-q=1", "clip.mov"], "upload has no flag -q=1"],
      [["upload", "-3", "clip.mov"], "upload has no flag -3"],
      [["upload", "---", "clip.mov"], "upload has no flag ---"],
      [["upload", "--=x", "clip.mov"], "upload has no flag --=x"],
      [["upload", "--helpful", "clip.mov"], "upload has no flag --helpful"],
      [["upload", "--help=true", "clip.mov"], "upload has no flag --help=true"],
      [["upload", "--no-help", "clip.mov"], "upload has no flag --no-help"],
      [["upload", "--no-version", "clip.mov"], "upload has no flag --no-version"],
      [["upload", "--QUIET", "clip.mov"], "upload has no flag --QUIET"],
      [["-x"], "holdfast has no flag -x; see holdfast --help"],
      [["status", "-v"], "status has no flag -v; see holdfast status --help"],
      [["explain", "-x.http"], "explain has no flag -x.http; for a file with this name, write ./-x.http"],
    ]
    for (const [words, problem] of cases) it(`rejects ${words.join(" ")}`, () => refuses(words, problem))
  })

  it("suggests the flag that shares the longest prefix with an unknown flag", () => {
    refuses(["upload", "--quite", "clip.mov"], "upload has no flag --quite (did you mean --quiet?)")
    refuses(["upload", "--sedd", "1", "clip.mov"], "upload has no flag --sedd (did you mean --seed?)")
    refuses(["upload", "--no-pari", "clip.mov"], "upload has no flag --no-pari (did you mean --no-pair?)")
  })

  it("rejects -h, -v and --completions if other arguments are present", () => {
    refuses(["upload", "-h", "clip.mov"], "-h accepts no other argument; to show help, write holdfast upload --help")
    refuses(["upload", "clip.mov", "--", "-x.mov", "-h"].toSpliced(1, 0, "-h"), "-h accepts no other argument")
    refuses(["upload", "--completions", "bash", "clip.mov"], "--completions accepts only the name of a shell")
    refuses(["upload", "--completions=bash", "clip.mov"], "--completions accepts only the name of a shell")
    refuses(["--completions", "bash", "upload", "clip.mov"], "--completions accepts only the name of a shell")
  })

  it("rejects a flag that is also the name of a file, because a shell pattern may have expanded to it", () => {
    const clash = (word: string, remedy: string) =>
      refuses(
        ["upload", word, "clip.mov"],
        `${word} is both a flag and the name of a file in this directory; for the file, write ./${word}; ${remedy}`,
        [word],
      )
    clash("-q", "for the flag, write --quiet=true")
    clash("--json", "for the flag, write --json=true")
    clash("--faults", "for the flag, write --faults=VALUE")
    clash("--json=true", "or run the command in another directory")
    clash("--help", "or run the command in another directory")
    clash("-v", "or run the command in another directory")
    clash("--", "or run the command in another directory")
    reads(["upload", "--", "-q"], ["upload", "--", "-q"], ["-q"])
    refuses(["upload", "-x.mov"], "upload has no flag -x.mov; for a file with this name, write ./-x.mov", ["-x.mov"])
    reads(["explain", "--json", "x.http"], ["explain", "--json", "--", "x.http"], ["--json"])
  })

  it("does not read an operand as the value of a boolean flag", () => {
    for (const file of ["on", "off", "1", "0", "true", "no", "y"]) {
      reads(["upload", "--json", file], ["upload", "--json", "--", file])
      reads(["upload", "-q", file, "clip.mov"], ["upload", "--quiet", "--", file, "clip.mov"])
    }
    reads(["upload", "--json=false", "clip.mov"], ["upload", "--json=false", "--", "clip.mov"])
    reads(["upload", "--json", "clip.mov", "--json"], ["upload", "--json", "--", "clip.mov"])
    reads(["upload", "--no-quiet", "clip.mov"], ["upload", "--no-quiet", "--", "clip.mov"])
  })

  it("reads the next word as the value of a flag unless that word looks like a flag", () => {
    reads(["upload", "--faults", "storm", "a"], ["upload", "--faults=storm", "--", "a"])
    reads(["upload", "--seed", "-3", "a"], ["upload", "--seed=-3", "--", "a"])
    refuses(["upload", "--faults", "-x", "a"], "--faults needs a value; write it as --faults=VALUE")
    refuses(["upload", "a", "--faults"], "--faults needs a value")
    refuses(["upload", "--faults", "--", "a"], "--faults needs a value")
  })

  it("reads a single `-` and every word after `--` as operands", () => {
    reads(
      ["upload", "a", "--json", "--", "-x", "--", "--help", "-"],
      ["upload", "--json", "--", "a", "-x", "--", "--help", "-"],
    )
    reads(["explain", "-", "--json"], ["explain", "--json", "--", "-"])
  })

  it("handles `--help`, `--version` and `help COMMAND`, and accepts `-h` and `-v` only without other arguments", () => {
    reads(["upload", "clip.mov", "--help"], ["upload", "--help"])
    reads(["upload", "clip.mov", "--version"], ["--version"])
    reads(["upload", "-h"], ["upload", "--help"])
    reads(["-v"], ["--version"])
    reads(["help"], ["--help"])
    reads(["help", "upload"], ["upload", "--help"])
    reads(["--completions", "zsh"], ["--completions=zsh"])
    refuses(["help", "uplaod"], 'there is no command "uplaod"; holdfast help accepts one of upload, pair, status')
  })

  const pool: ReadonlyArray<string> = [
    ..."clip.mov on 1 false upload - -v -verbose -x.mov -q -h -- --json --quiet --quiet=false --sandbox".split(" "),
    ..."--faults --faults=calm --seed -3 --no-json --no-help --completions --completions=bash --help".split(" "),
    ..."--version --help=1 --api --create-again --- -=".split(" "),
    "",
    "Clip 2.mov",
  ]
  const word = Schema.Literals(pool)

  it.effect.prop(
    "reads every file operand as a file or rejects the command line, unless `--help` or `--version` is present",
    { words: Schema.Array(word).pipe(Schema.check(Schema.isMaxLength(7))), present: Schema.Array(word) },
    ({ present, words }) =>
      Effect.gen(function* () {
        const ran = yield* CommandLine.parse(["upload", ...words], present)
        const end = words.includes("--") ? words.indexOf("--") : words.length
        const options = words.slice(0, end)
        if (options.includes("--help") || options.includes("--version")) return
        // A word that is neither a flag nor the value of the flag before it is a file.
        const values = new Set(["--faults", "--seed", "--api", "--completions"])
        const files = [
          ...options.filter((one, at) => (one === "-" || !one.startsWith("-")) && !values.has(options[at - 1] ?? "")),
          ...words.slice(end + 1),
        ]
        if (ran._tag === "Parsed") assert.deepStrictEqual(ran.files, files)
        else if (ran._tag === "Answered") assert.deepStrictEqual(files, [])
        const known = /^(-q|--|--(json|quiet|sandbox|create-again|no-json)|--(quiet|faults)=.*|--(faults|seed|api))$/
        const strays = options.filter((one, at) => /^-./.test(one) && !known.test(one) && options[at - 1] !== "--seed")
        const clashes = [...options, "--"].filter(
          (one) => /^-./.test(one) && one !== "-3" && words.includes(one) && present.includes(one),
        )
        if (ran._tag === "Parsed") assert.deepStrictEqual([strays, clashes], [[], []])
      }),
    { arbitrary: { runs: 2000, seed: 11 }, timeout: 30_000 },
  )
})
