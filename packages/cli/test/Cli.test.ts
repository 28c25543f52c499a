import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@holdfast/sandbox"
import { ConfigProvider, Effect } from "effect"
import * as ExitCode from "holdfast/ExitCode"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Remedy from "../src/network/Remedy.ts"
import { version } from "../src/process/Version.ts"
import * as OneRun from "./support/oneRun.ts"

const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.provideService(
    OneRun.command(args, 20),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: "/nonexistent", ...env } }),
  )

/**
 * Checks the exit code and that standard error has one matching line without a stack; standard output must be empty.
 */
const complains = (args: ReadonlyArray<string>, exitCode: number, line: string | RegExp) =>
  Effect.gen(function* () {
    const ran = yield* run(args)
    assert.lengthOf(ran.stderr, 1, ran.stderr.join("\n"))
    const [said = ""] = ran.stderr
    assert.isTrue(said.startsWith("holdfast: "), said)
    assert.notInclude(said, "\n")
    if (typeof line === "string") assert.strictEqual(said, `holdfast: ${line}`)
    else assert.match(said, line)
    assert.strictEqual(ran.exitCode, exitCode)
    assert.deepStrictEqual(ran.stdout, [])
  })

const manifest = JSON.parse(Fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"))
const here = new URL(import.meta.url).pathname

describe("holdfast", () => {
  it.live("prints the version of its package", () =>
    Effect.gen(function* () {
      const ran = yield* run(["--version"])
      assert.deepStrictEqual([ran.exitCode, ran.stdout], [0, [`holdfast ${version}`]])
      assert.strictEqual(version, manifest.version)
    }),
  )

  it.live("documents every exit code in its help", () =>
    Effect.gen(function* () {
      for (const args of [["--help"], ["upload", "--help"]]) {
        const ran = yield* run(args)
        assert.strictEqual(ran.exitCode, 0)
        const help = ran.stdout.join(" ").replaceAll(/\s+/g, " ")
        for (const { code, meaning } of Object.values(ExitCode.table)) assert.include(help, ` ${code} ${meaning}`)
      }
    }),
  )

  it.live("keeps its help within 80 columns", () =>
    Effect.gen(function* () {
      for (const name of ["", "upload", "pair", "status", "signout", "doctor", "explain", "policy", "sandbox"]) {
        const ran = yield* run([...(name === "" ? [] : [name]), "--help"])
        for (const line of ran.stdout) assert.isAtMost(line.length, 80, line)
      }
    }),
  )

  it.live("rejects a duration without a unit and rejects mutually exclusive flags", () =>
    Effect.gen(function* () {
      yield* complains(
        ["upload", "--pair-wait", "15", "--api", "http://127.0.0.1:1", "x"],
        2,
        '--pair-wait: "15" is not a duration with a unit; use a form such as 30s, 10min or 2h',
      )
      yield* complains(
        ["upload", "--max-duration", "1", "--api", "http://127.0.0.1:1", "x"],
        2,
        '--max-duration: "1" is not a duration with a unit; use a form such as 30s, 10min or 2h',
      )
      yield* complains(
        ["upload", "--first-contact", "1", "--api", "http://127.0.0.1:1", "x"],
        2,
        '--first-contact: "1" is not a duration with a unit; use a form such as 30s, 10min or 2h',
      )
      yield* complains(
        ["upload", "--pair-wait", "15s", "--no-pair", "--api", "http://127.0.0.1:1", "x"],
        2,
        "--no-pair and --pair-wait cannot be used together; choose one",
      )
    }),
  )

  describe("an invalid command line", () => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
      [["uplaod"], /there is no command "uplaod" \(did you mean upload\?\); see holdfast --help$/],
      [
        ["upload", "a", "--parallel", "x"],
        /"x" is not a valid value for --parallel; expected an integer; see holdfast upload --help$/,
      ],
      [["upload", "a", "--colour"], /--colour.*--help$/],
      [["upload"], /no file to send; name one/],
      [["upload", "a", ""], /a file name is empty; .*nothing was sent$/],
      [
        ["upload", "a", "--api", "https://a", "--api", "https://b"],
        /--api is given more than once; see holdfast upload/,
      ],
      [["upload", "a", "--parallel", "0"], /--parallel 0 is not between 1 and 64/],
      [
        ["upload", "a", "--sandbox", "--api", "http://127.0.0.1:1"],
        /--sandbox and --api cannot be used together; choose one/,
      ],
      [["upload", "a", "--faults", "storm"], /--faults needs a sandbox; add --sandbox/],
      [["upload", "a", "--seed", "1"], /--seed needs a sandbox; add --sandbox/],
      [["upload", "a", "--api", "nonsense"], /"nonsense" is not a URL; specify an address such as https:/],
      [["upload", "a", "--api", "http://example.com"], /must begin with https/],
      [["upload", "a"], /no credentials for api.frame.io; set HOLDFAST_CLIENT_ID/],
      [
        ["upload", here, "--sandbox", "--faults", "hurricane"],
        /no fault plan "hurricane"; --faults accepts calm, storm/,
      ],
      [["upload", here, "--sandbox", "--faults", "storm", "--faults", "breeze"], /no fault plan "breeze"/],
      [["sandbox", "--faults", here], /The plan .* is not valid/],
      [["sandbox", "--port", "70000"], /--port 70000 is not a valid port; choose a port/],
    ]
    for (const [args, line] of cases)
      it.live(`reports the error on one line and exits with 2: ${args.join(" ")}`, () => complains(args, 2, line))
  })

  describe("an unusable file", () => {
    it.live("rejects a missing file", () =>
      complains(["upload", "nope.mov", "--sandbox"], 7, "nope.mov: no such file; check the path"),
    )
    it.live("rejects a file that is not a regular file", () =>
      complains(["upload", "/dev/null", "--sandbox"], 7, /is not a regular file; copy the content/),
    )
    it.live.skipIf(process.getuid?.() === 0)(
      "rejects an unreadable file (skipped for the superuser, who can read every file)",
      () =>
        Effect.gen(function* () {
          const path = Path.join(Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-")), "secret.mov")
          Fs.writeFileSync(path, "x", { mode: 0 })
          yield* complains(["upload", path, "--sandbox"], 7, /no permission.*chmod u\+r/)
        }),
    )
  })

  it.live("reports on one line that a port is in use, and exits with 2", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.callback<Net.Server>((resume) => {
          const listening = Net.createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(listening)))
        }),
        (listening) => Effect.sync(() => listening.close()),
      )
      const address = server.address()
      const port = typeof address === "object" ? address?.port : 0
      yield* complains(
        ["sandbox", "--port", String(port)],
        2,
        `port ${port} is in use; choose another --port, or 0 for any free port`,
      )
    }).pipe(Effect.scoped),
  )

  it.live("reports on one line that the API is unreachable, and exits with 5", () =>
    Effect.gen(function* () {
      yield* complains(["pair", "--api", "http://127.0.0.1:9"], 5, /cannot reach http:.*check the network and --api/)
      const ran = yield* run(["status", "--api", "http://127.0.0.1:9", "--json"])
      assert.strictEqual(ran.exitCode, 5)
      assert.lengthOf(ran.stderr, 1)
      assert.deepInclude(JSON.parse(ran.stdout[0] ?? ""), { type: "status", reachable: false, paired: false })
    }),
  )

  it("states the remedy for a full disk", () => {
    const cause = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" })
    const { message, outcome } = Remedy.sandbox(new StorageError({ operation: "write", path: "/tmp/x", cause }))
    assert.strictEqual(
      message,
      "cannot write /tmp/x (ENOSPC); free space on the disk, or set TMPDIR to a directory on another disk",
    )
    assert.strictEqual(outcome, "local")
  })

  it.live("reports an internal error as a bug on one line, without a stack trace", () =>
    Effect.gen(function* () {
      const broken = ConfigProvider.make(() => Effect.die(new Error("the provider broke\nbadly")))
      const ran = yield* Effect.provideService(
        OneRun.command(["status", "--api", "http://127.0.0.1:9"]),
        ConfigProvider.ConfigProvider,
        broken,
      )
      assert.strictEqual(ran.exitCode, 1)
      assert.lengthOf(ran.stderr, 1)
      assert.match(ran.stderr[0] ?? "", /bug in holdfast .*the provider broke badly; please report/)
    }),
  )
})
