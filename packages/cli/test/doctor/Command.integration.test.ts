/**
 * `holdfast doctor` as a whole: against servers with unusual responses and against the sandbox.
 */
import { assert, describe, it } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, JsonSchema, Schema, SchemaRepresentation } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { Machine } from "../../src/doctor/Machine.ts"
import type { Report } from "../../src/doctor/Report.ts"
import * as Doctor from "../support/doctor.ts"
import { type OddAnswer, pair } from "../support/oddServer.ts"
import * as OddServer from "../support/oddServer.ts"
import * as OneRun from "../support/oneRun.ts"
import * as Proxied from "../support/proxied.ts"

const document = new URL("../../../../docs/generated/doctor.schema.json", import.meta.url)

const isReport = Schema.is(
  SchemaRepresentation.fromJsonSchemaDocument(
    JsonSchema.fromSchemaDraft2020_12(JSON.parse(Fs.readFileSync(document, "utf8"))),
  ),
)

const reportOf = (ran: OneRun.Ran): Report => {
  assert.lengthOf(ran.stdout, 1)
  assert.deepStrictEqual(ran.stderr, [])
  const report = JSON.parse(ran.stdout[0] ?? "")
  assert.isTrue(isReport(report), ran.stdout[0])
  assert.strictEqual(report.exitCode, ran.exitCode)
  return report
}

const levelsOf = ({ checks }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(checks.map(({ level, name }) => [name, level]))

interface Scene extends Omit<OddServer.Scene, "answers"> {
  readonly health?: OddAnswer
  readonly me?: OddAnswer
}

const play = (
  { health = [200, { status: "ok" }], me = [200, { id: "d-1", name: "A-Cam" }], ...rest }: Scene,
  ...flags: ReadonlyArray<string>
) =>
  OddServer.play(
    "doctor",
    { factor: 1, ...rest, answers: { "GET /health": health, "GET /v2/devices/me": me } },
    ...flags,
  ).pipe(
    Effect.provideService(Machine, Doctor.machine),
    Effect.tap(({ after, asked, before }) =>
      Effect.sync(() => {
        assert.strictEqual(after, before, "doctor changed the sign-in")
        assert.isAtMost(asked.length, 2)
        assert.isEmpty(asked.filter((path) => path.startsWith("POST")))
      }),
    ),
  )

describe("holdfast doctor", () => {
  it.live("finds no problem if the device is paired, and sends two requests to the API", () =>
    Effect.gen(function* () {
      const ran = yield* play({}, "--json")
      const report = reportOf(ran)
      assert.deepStrictEqual(ran.asked, ["GET /health", "GET /v2/devices/me"])
      assert.strictEqual(ran.exitCode, 0)
      assert.strictEqual(report.counts.problem, 0)
      assert.deepInclude(levelsOf(report), { network: "ok", api: "ok", clock: "ok", pairing: "ok", token: "ok" })
    }),
  )

  it.live("prints one line for each check and a count", () =>
    Effect.gen(function* () {
      const ran = yield* play({})
      assert.deepStrictEqual(ran.stderr, [])
      assert.include(ran.stdout, "pairing       ok       paired as A-Cam")
      assert.match(ran.stdout.at(-1) ?? "", /^no problems, \d+ ok, 1 skipped$/)
      for (const line of ran.stdout) assert.isAtMost(line.length, 80)
    }),
  )

  const html = "<html>Welcome to Hotel</html>"
  const cases: ReadonlyArray<readonly [name: string, scene: Scene, exitCode: number, place: string, others: object]> = [
    ["a captive portal", { health: [200, html] }, 5, "portal", { network: "ok", api: "skipped", clock: "skipped" }],
    ["an API that fails", { health: [503, {}] }, 5, "api", { network: "ok", portal: "ok" }],
    ["a reset connection", { health: "resets" }, 5, "network", { api: "skipped", pairing: "skipped" }],
    ["an API that hangs", { health: "hangs", factor: 4 }, 5, "network", { disk: "ok", pairing: "skipped" }],
    ["a device that is not paired", { file: null }, 4, "pairing", { api: "ok", token: "skipped" }],
    ["a failing API and no sign-in", { file: null, health: [503, {}] }, 4, "pairing", { api: "problem" }],
    ["a damaged sign-in", { file: "{" }, 4, "pairing", { token: "problem", api: "ok" }],
    ["a token that the API rejects for good", { me: [401, {}], file: { ...pair, spent: "yes" } }, 4, "pairing", {}],
    ["a token file that others can read", { mode: 0o644 }, 7, "permissions", { token: "problem", api: "ok" }],
    ["a token file that is a folder", { prepare: (path) => Fs.mkdirSync(path) }, 7, "token", { api: "ok" }],
  ]
  for (const [name, scene, exitCode, place, others] of cases) {
    it.live(`exits with ${exitCode} and reports "${place}" for ${name}`, () =>
      Effect.gen(function* () {
        const report = reportOf(yield* play(scene, "--json"))
        assert.strictEqual(report.exitCode, exitCode, JSON.stringify(report.checks))
        assert.deepInclude(levelsOf(report), { [place]: "problem", ...others })
        for (const { level, remedy } of report.checks) {
          assert.strictEqual(remedy !== null, level === "warning" || level === "problem")
        }
      }),
    )
  }

  it.live("prints neither a token that the API repeats nor a credential or the password of a proxy", () =>
    Effect.gen(function* () {
      const secret = "fio-at-9Xq2Lw7Zk4Vb8Nc1"
      for (const flags of [[], ["--json"]]) {
        const ran = yield* play(
          { file: { ...pair, accessToken: secret }, me: [200, { id: "d", name: secret }] },
          ...flags,
        )
        assert.notInclude(ran.stdout.join("\n"), secret)
      }
      const proxied = yield* OneRun.command(["doctor", "--api", "https://api.invalid", "--json"], 1).pipe(
        Effect.provideService(Machine, Doctor.machine),
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnv({
            env: {
              HOLDFAST_HOME: "/nonexistent",
              HOLDFAST_CLIENT_ID: "cam-1",
              HOLDFAST_CLIENT_SECRET: "hush-1",
              HTTPS_PROXY: "http://user:hush-2@127.0.0.1:9",
            },
          }),
        ),
      )
      const report = reportOf(proxied)
      assert.notMatch(JSON.stringify(report), /hush-|user:/)
      assert.deepInclude(levelsOf(report), { proxy: "ok", network: "problem" })
    }),
  )

  it.live("runs the unaffected checks if the credentials are missing or the proxy is invalid", () =>
    Effect.gen(function* () {
      const ran = yield* OneRun.command(["doctor", "--json"], 1).pipe(
        Effect.provideService(Machine, Doctor.machine),
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Os.tmpdir(), HTTPS_PROXY: "ftp://x" } }),
        ),
      )
      const levels = levelsOf(reportOf(ran))
      assert.deepInclude(levels, { credentials: "problem", proxy: "problem", disk: "ok", node: "ok" })
      assert.deepInclude(levels, { network: "skipped", api: "skipped", pairing: "skipped" })
    }),
  )

  it.live(
    "finds a device that is paired with the sandbox",
    () =>
      Proxied.scene(
        (headers) => headers,
        ({ run }) =>
          Effect.map(Effect.provideService(run("doctor", "--json"), Machine, Doctor.machine), (ran) => {
            const report = reportOf(ran)
            const ok = ["disk", "permissions", "network", "api", "pairing", "token"]
            assert.deepInclude(levelsOf(report), Object.fromEntries(ok.map((name) => [name, "ok"])))
          }),
      ),
    30_000,
  )

  it.live(
    "reports a clock that is two days ahead of the sandbox, and creates no folder",
    () =>
      Effect.gen(function* () {
        const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-doctor-"))
        const { url } = yield* Sandbox
        const run = (args: ReadonlyArray<string>, ahead = 0) =>
          OneRun.command([...args, "--api", url], 1, { stdout: [], stderr: [] }, ahead).pipe(
            Effect.provideService(Machine, Doctor.machine),
            Effect.provideService(
              ConfigProvider.ConfigProvider,
              ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: home } }),
            ),
          )
        const first = reportOf(yield* run(["doctor", "--json"]))
        assert.strictEqual(first.exitCode, 4)
        assert.isFalse(Fs.existsSync(Path.join(home, "tokens")), "doctor created a folder")
        const ran = yield* run(["doctor", "--json"], 2 * 86_400_000)
        const clock = reportOf(ran).checks.find(({ name }) => name === "clock")
        assert.deepInclude(clock, { level: "problem", exitCode: 7, text: "48 h ahead of the clock of the API" })
        Fs.rmSync(home, { recursive: true })
      }).pipe(Effect.provide(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })), Effect.scoped),
    30_000,
  )
})
