import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Completions from "effect/cli/Completions"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as ExplainCommand from "../../src/explain/Command.ts"
import * as ExplainFlags from "../../src/explain/Flags.ts"
import * as ExplainRun from "../../src/explain/Run.ts"
import * as OneRun from "../support/oneRun.ts"

const lateToken = fileURLToPath(new URL("../fixtures/exchanges/late-token.http", import.meta.url))

const around: ExplainRun.Surroundings = { stdin: undefined, columns: 80, color: false, errorColor: false }

async function* chunks(...texts: ReadonlyArray<string>) {
  for (const text of texts) yield new TextEncoder().encode(text)
}

const answer = (
  target: string | undefined,
  flags: Partial<ExplainFlags.Arguments> = {},
  stdin?: AsyncIterable<Uint8Array>,
) => ExplainRun.answer({ target, long: false, repair: false, json: false, ...flags }, { ...around, stdin })

const withDirectory = async (play: (directory: string) => Promise<void>) => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-explain-"))
  try {
    await play(directory)
  } finally {
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** The members of every problem. */
const members = ["type", "title", "detail", "code", "confidence", "evidence", "ruledOut", "fix", "retry", "vendor"]

const problem = ({ stdout }: ExplainRun.Printout) => {
  assert.lengthOf(stdout, 1)
  const parsed = JSON.parse(stdout[0] ?? "")
  for (const member of members) assert.property(parsed, member)
  return parsed
}

describe("holdfast explain", () => {
  it("finds the cause of a captured failure and exits with 0", async () => {
    const { exitCode, stderr, stdout } = await answer(lateToken)
    assert.deepStrictEqual([exitCode, stderr], [0, []])
    assert.match(stdout[0] ?? "", /^Diagnosis HF-S3-POST-011: /)
    assert.isAtMost(stdout.length, 13)
  })

  it("prints one problem details object with --json", async () => {
    const found = problem(await answer(lateToken, { json: true }))
    assert.deepStrictEqual(
      [found.code, found.confidence, found.status, found.vendor.code, found.vendor.requestId],
      ["HF-S3-POST-011", "certain", 403, "InvalidAccessKeyId", "AFCXGJGVWQ5FHR3Q"],
    )
    assert.deepInclude(found.fix[0], { safety: "safe to apply", applicability: "machine-applicable" })
    assert.hasAllKeys(found.retry, ["verdict", "change", "afterMs", "attempt", "advice"])
    assert.include(found.type, "HF-S3-POST-011")
    assert.strictEqual(found.causes[0].code, found.code)
    assert.deepInclude(found.evidence, {
      at: "request.form[7]",
      name: "x-amz-security-token",
      observed: "(redacted, 803 bytes)",
      expected: 'before "file"',
    })
  })

  it("reads standard input if the operand is `-` or missing", async () => {
    const text = Fs.readFileSync(lateToken, "utf8")
    for (const target of [undefined, "-"]) {
      const halves = chunks(text.slice(0, 700), text.slice(700))
      assert.deepStrictEqual(await answer(target, {}, halves), await answer(lateToken))
    }
  })

  it("exits with 1 if no cause is known", async () => {
    const body = "<Error><Code>NobodyEverSawThis</Code><Message>?</Message></Error>"
    const { exitCode, stderr, stdout } = await answer("-", {}, chunks(body))
    assert.deepStrictEqual([exitCode, stderr], [1, []])
    assert.match(stdout[0] ?? "", /No rule identifies the cause/)
    const unknown = problem(await answer("-", { json: true }, chunks(body)))
    assert.deepStrictEqual([unknown.code, unknown.confidence, unknown.causes], [null, null, []])
    assert.strictEqual(unknown.vendor.code, "NobodyEverSawThis")
  })

  it("exits with 1 and reports no cause if the request succeeded", async () => {
    const { exitCode, stdout } = await answer("-", {}, chunks("HTTP/1.1 204 No Content\nx-amz-request-id: 1\n\n"))
    assert.deepStrictEqual([exitCode, stdout.length], [1, 2])
    assert.match(stdout[0] ?? "", /succeeded/)
    assert.match(stdout[1] ?? "", /^Answered by: /)
  })

  it("does not treat an HTML page without a status as a success", async () => {
    const { exitCode, stdout } = await answer("-", {}, chunks("<html><body>Our catalogue</body></html>"))
    assert.strictEqual(exitCode, 1)
    assert.notMatch(stdout.join("\n"), /succeeded|200/)
    assert.match(stdout[0] ?? "", /No rule identifies the cause/)
  })

  it("prints the page for a diagnosis code, whether the code is in upper or lower case, and exits with 0", async () => {
    for (const code of ["HF-S3-POST-011", "hf-s3-post-011"]) {
      const { exitCode, stdout } = await answer(code)
      assert.strictEqual(exitCode, 0)
      assert.match(stdout[0] ?? "", /^Diagnosis HF-S3-POST-011: /)
      assert.isTrue(stdout.some((line) => line.startsWith("Why: ")))
    }
    const page = problem(await answer("HF-S3-POST-011", { json: true }))
    assert.deepStrictEqual([page.code, page.vendor], ["HF-S3-POST-011", null])
  })

  it("reads the file named by an argument if the file exists", () =>
    withDirectory(async (directory) => {
      const path = Path.join(directory, "InvalidAccessKeyId")
      Fs.copyFileSync(lateToken, path)
      assert.match((await answer(path)).stdout[0] ?? "", /HF-S3-POST-011/)
    }))

  it("explains a vendor's error code without an exchange and does not add a status that the input lacks", async () => {
    for (const word of ["InvalidAccessKeyId", "invalidaccesskeyid", "slow_down", "ECONNRESET"]) {
      const found = problem(await answer(word, { json: true }))
      assert.notStrictEqual(found.confidence, "certain")
      assert.notProperty(found, "status")
      assert.match(found.code, /^HF-/)
    }
    const { exitCode, stdout } = await answer("InvalidAccessKeyId")
    assert.deepStrictEqual(
      [exitCode, stdout.find((line) => line.startsWith("Answer:"))],
      [0, "Answer: InvalidAccessKeyId."],
    )
    assert.strictEqual(problem(await answer("429", { json: true })).status, 429)
    const alone = problem(await answer("-", { json: true }, chunks('{"error":"slow_down"}')))
    assert.notProperty(alone, "status")
    assert.strictEqual(alone.vendor.code, "slow_down")
  })

  it("reports a word that no vendor uses as unknown, and exits with 1", async () => {
    for (const word of ["HF-S3-POST-999", "NobodyEverSawThis", "nobody ever"]) {
      const { exitCode, stderr, stdout } = await answer(word)
      assert.deepStrictEqual([exitCode, stdout, stderr.length], [1, [], 1])
      assert.deepInclude(problem(await answer(word, { json: true })), { code: null, confidence: null })
    }
  })

  it("shows how a corrected request would differ, but does not send it", async () => {
    const { exitCode, stdout } = await answer(lateToken, { repair: true })
    assert.strictEqual(exitCode, 0)
    assert.match(
      stdout.join("\n"),
      /Repair: parts in order: [^→]*file,\s+x-amz-security-token → [^→]*x-amz-security-token,\s+file/,
    )
    const { repair } = problem(await answer(lateToken, { repair: true, json: true }))
    assert.deepStrictEqual([repair.code, repair.needs, repair.changes.length], ["HF-S3-POST-011", null, 1])
    assert.notProperty(problem(await answer(lateToken, { json: true })), "repair")
  })

  it("explains an error that is pasted as an argument and identifies its format", async () => {
    const text =
      "An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired."
    for (const target of [text, `botocore.exceptions.ClientError: ${text}`]) {
      const { exitCode, stdout } = await answer(target)
      assert.strictEqual(exitCode, 0)
      assert.include(stdout[0], "HF-S3-AUTH-004")
      assert.include(stdout.join("\n"), "an error from botocore")
      const json = await answer(target, { json: true })
      assert.include(json.stdout[0], '"recognized":"an error from botocore (boto3, the AWS CLI)"')
    }
  })

  it("reports invalid input on one line and exits with 2", () =>
    withDirectory(async (directory) => {
      const write = (name: string, content: string | Uint8Array): string => {
        const path = Path.join(directory, name)
        Fs.writeFileSync(path, content)
        return path
      }
      const cases: ReadonlyArray<readonly [string, RegExp]> = [
        [Path.join(directory, "missing.http"), /missing\.http: no such file; check the path$/],
        ["missing.json", /^holdfast: missing\.json: no such file/],
        ["nope", /^holdfast: nope: no such file/],
        [Path.join(lateToken, "below"), /no such file/],
        [directory, /is a directory, not a file; name a file in it$/],
        [write("empty", ""), /empty: is empty; provide the complete response/],
        [write("clip.mov", new Uint8Array(2000).fill(0)), /is not text/],
        [write("big", new Uint8Array(8 * 1024 * 1024 + 1).fill(35)), /big: is over 8 MiB/],
        [write("letter", "Dear support"), /is not recognized as an exchange or an error response/],
        [write("bell\u0007\u001b[2J", "{"), /bell\\x07\\x1b\[2J: looks like JSON/],
      ]
      for (const [target, line] of cases) {
        for (const json of [false, true]) {
          const said = await answer(target, { json })
          assert.deepStrictEqual([said.exitCode, said.stderr.length], [2, 1], target)
          assert.match(said.stderr[0] ?? "", line)
          assert.isTrue(said.stderr[0]?.startsWith("holdfast: "))
          if (!json) assert.deepStrictEqual(said.stdout, [])
          else assert.deepInclude(problem(said), { code: null, confidence: null, type: "about:blank" })
        }
      }
      const nothing = await answer(undefined)
      assert.deepStrictEqual(nothing.stderr, [
        "holdfast: nothing to explain; specify a file, pipe one to standard input, or specify a code",
      ])
      assert.strictEqual(nothing.exitCode, 2)
    }))

  it.live("prints the same output when the general command-line parser reads its arguments", () =>
    Effect.gen(function* () {
      const lines: ReadonlyArray<ReadonlyArray<string>> = [
        [lateToken],
        [lateToken, "--long"],
        ["--json", lateToken],
        ["HF-S3-POST-011", "--json"],
        ["NobodyEverSawThis"],
        ["missing.http"],
        ["missing.http", "--json"],
      ]
      for (const args of lines) {
        const input = ExplainFlags.parse(args)
        assert(input !== undefined && !("_tag" in input), args.join(" "))
        const direct = yield* Effect.promise(() => ExplainRun.answer(input, { ...around, whole: true }))
        assert.deepStrictEqual(yield* OneRun.command(["explain", ...args]), direct)
      }
    }),
  )

  it("accepts every spelling of its flags and leaves --help and --version to the general parser", () => {
    const plain = { target: undefined, long: false, repair: false, json: false }
    const written: ReadonlyArray<readonly [ReadonlyArray<string>, ExplainFlags.Arguments]> = [
      [[], plain],
      [["-"], { ...plain, target: "-" }],
      [["a", "--long", "--json"], { ...plain, target: "a", long: true, json: true }],
      [["a", "--repair"], { ...plain, target: "a", repair: true }],
      [["--json", "--json", "a"], { ...plain, target: "a", json: true }],
      [["--long", "false"], { ...plain, target: "false", long: true }],
      [["--", "--json"], { ...plain, target: "--json" }],
      [["--long=true", "--json=OFF", "a"], { ...plain, target: "a", long: true }],
      [["--json", "--no-json", "a"], { ...plain, target: "a" }],
      [["explain"], { ...plain, target: "explain" }],
    ]
    for (const [args, input] of written) assert.deepStrictEqual(ExplainFlags.parse(args), input, args.join(" "))
    for (const args of [["--help"], ["-h"], ["--version"], ["a", "--help"]]) {
      assert.isUndefined(ExplainFlags.parse(args), args.join(" "))
    }
    for (const args of [
      ["a", "b"],
      ["--nope"],
      ["--constructor"],
      ["--json=maybe"],
      ["--long="],
      ["-x"],
      ["-h", "a"],
    ]) {
      assert.propertyVal(ExplainFlags.parse(args), "_tag", "Refused", args.join(" "))
    }
  })

  it("has the same flags in its parser, its help and its completions", () => {
    const [own] = ExplainFlags.descriptor.subcommands
    const shown = Completions.fromCommand(ExplainCommand.command)
    assert.deepInclude(own, { name: shown.name, arguments: shown.arguments })
    assert.sameDeepMembers([...(own?.flags ?? [])], [...shown.flags])
  })

  it.live("documents its flags and its own exit codes within 80 columns", () =>
    Effect.gen(function* () {
      const ran = yield* OneRun.command(["explain", "--help"])
      const help = ran.stdout.join("\n")
      assert.strictEqual(ran.exitCode, 0)
      for (const [name, description] of Object.entries(ExplainFlags.flags)) {
        assert.include(help, `--${name}`)
        assert.include(help, description)
      }
      for (const { code, meaning } of Object.values(ExplainRun.exitCodes)) assert.include(help, `${code}  ${meaning}`)
      for (const line of help.split("\n")) assert.isAtMost(line.length, 80, line)
    }),
  )

  it.live("rejects an unknown flag or a second file and exits with 2", () =>
    Effect.gen(function* () {
      for (const [args, line] of [
        [["--nope", lateToken], /--nope.*see holdfast explain --help$/],
        [[lateToken, "other.http"], /unexpected argument: other\.http; see holdfast explain --help$/],
        [
          ["--json=maybe"],
          /"maybe" is not a valid value for --json; expected true or false; see holdfast explain --help$/,
        ],
      ] as const) {
        const ran = yield* OneRun.command(["explain", ...args])
        assert.deepStrictEqual([ran.exitCode, ran.stdout, ran.stderr.length], [2, [], 1])
        assert.match(ran.stderr[0] ?? "", line)
      }
    }),
  )
})
