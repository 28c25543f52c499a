/**
 * The one-line texts of the command by topic. They are the same at every width.
 */
import { C2cError } from "@holdfast/c2c"
import { frameIo } from "@holdfast/c2c/C2cConfig"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { TransportCause } from "@holdfast/http"
import { S3Error } from "@holdfast/s3"
import * as Effect from "effect/Effect"
import { HttpClientRequest } from "effect/http"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as ExitCode from "../../../src/process/ExitCode.ts"
import * as Remedy from "../../../src/network/Remedy.ts"
import * as OddServer from "../oddServer.ts"
import * as Shown from "./shown.ts"

const pipe: Shown.Place = { columns: undefined }

const wrong: ReadonlyArray<ReadonlyArray<string>> = [
  ["uplaod"],
  ["help", "uplaod"],
  ["upload"],
  ["upload", "-v", "a.mov"],
  ["upload", "-h", "a.mov"],
  ["upload", "-x.mov"],
  ["upload", "-"],
  ["upload", "a.mov", "--quite"],
  ["upload", "a.mov", "--faults"],
  ["upload", "a.mov", "--quiet=maybe"],
  ["upload", "a.mov", "--parallel", "x"],
  ["upload", "a.mov", "--parallel", "0"],
  ["upload", "a.mov", "--sandbox", "--api", "http://127.0.0.1:1"],
  ["upload", "a.mov", "--faults", "storm"],
  ["upload", "a.mov", "--seed", "1"],
  ["upload", "a.mov", "--api", "nonsense"],
  ["upload", "a.mov", "--api", "http://example.com"],
  ["upload", "a.mov", "--api", "http://127.0.0.1:1", "--pair-wait", "15"],
  ["upload", "a.mov", "--api", "http://127.0.0.1:1", "--pair-wait", "15s", "--no-pair"],
  ["upload", "a.mov"],
  ["pair", "a.mov"],
  ["status", "-x"],
  ["explain", "a.http", "b.http"],
  ["explain", "missing.http"],
  ["explain", "NobodyEverSawThis"],
  ["policy", "missing.json"],
  ["policy", "--json", "--svg", "-"],
  ["sandbox", "--port", "70000"],
  ["sandbox", "--faults", "hurricane"],
  ["--completions", "csh"],
  ["--completions", "bash", "a.mov"],
  ["pair", "--api", "http://127.0.0.1:9"],
  ["status", "--api", "http://127.0.0.1:9"],
]

const commandLines = Effect.forEach(wrong, (args) => Shown.command(pipe, args))

/** Files that cannot be sent, and one that can. */
const files = Effect.gen(function* () {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-texts-"))
  const clip = Path.join(directory, "clip.mov")
  Fs.writeFileSync(clip, "clip")
  const run = (path: string, ...flags: ReadonlyArray<string>) =>
    Shown.command(
      pipe,
      ["upload", "--sandbox", path, ...flags],
      ["upload", "--sandbox", path.replace(directory, "."), ...flags],
      // Omits the number of retries, which depends on timing, and the explanation of a failure, which is kept
      // elsewhere.
      (line) => /^(?:holdfast:|uploaded|sandbox on)|^ {2}\d/.test(line),
    )
  const texts = yield* Effect.forEach(
    [[clip], [clip, "--faults", "paused"], [Path.join(directory, "missing.mov")], [directory], ["/dev/null"]],
    ([path = "", ...flags]) => run(path, ...flags),
  )
  Fs.rmSync(directory, { recursive: true })
  return texts
})

const healthy: OddServer.OddAnswer = [200, { status: "ok" }]
const device: OddServer.OddAnswer = [200, { id: "d-1", name: "A-Cam" }]
const refused: OddServer.OddAnswer = [401, { code: 401, errors: [], message: "Unauthorized" }]

const code: OddServer.OddAnswer = [
  200,
  {
    device_code: "d",
    user_code: "ABCD-EFGH",
    verification_uri: "https://frame.io/device",
    expires_in: 900,
    interval: 5,
  },
]

const token: OddServer.OddAnswer = [
  200,
  { access_token: "a", refresh_token: "r", token_type: "bearer", expires_in: 28_800 },
]

const signIn = Effect.gen(function* () {
  const play = (command: string, answers: OddServer.Scene["answers"], more: Omit<OddServer.Scene, "answers"> = {}) =>
    Effect.map(
      OddServer.play(command, { answers: { "GET /health": healthy, ...answers }, ...more }),
      ({ exitCode, stderr, stdout }) => Shown.printed([command], exitCode, stdout, stderr),
    )
  const codes = { "POST /v2/auth/device/code": code }
  return [
    yield* play("pair", { ...codes, "POST /v2/auth/token": token }, { file: null }),
    yield* play("pair", { ...codes, "POST /v2/auth/token": [400, { error: "access_denied" }] }, { file: null }),
    yield* play("pair", { ...codes, "POST /v2/auth/token": [400, { error: "expired_token" }] }, { file: null }),
    yield* play("pair", { "POST /v2/auth/device/code": [401, { error: "invalid_client" }] }, { file: null }),
    yield* play("pair", { "GET /health": [200, "<html>Welcome to Hotel</html>"] }, { file: null }),
    yield* play("status", { "GET /v2/devices/me": device }),
    yield* play("status", { "GET /v2/devices/me": refused }),
    yield* play("status", { "GET /v2/devices/me": refused }, { file: { ...OddServer.pair, spent: "yes" } }),
    yield* play("status", { "GET /v2/devices/me": device }, { file: null }),
    yield* play("status", { "GET /v2/devices/me": device }, { file: "{" }),
    yield* play("status", { "GET /v2/devices/me": device }, { mode: 0o644 }),
    yield* play("status", { "GET /v2/devices/me": [500, {}] }),
    yield* play("status", { "GET /v2/devices/me": [200, "<html>Welcome to Hotel</html>"] }),
    yield* play("signout", { "POST /v2/auth/revoke": [200, {}] }),
    yield* play("signout", { "POST /v2/auth/revoke": [200, {}] }, { file: null }),
    yield* play("signout", { "POST /v2/auth/revoke": [503, {}] }),
    yield* play("signout", { "POST /v2/auth/revoke": [200, {}] }, { file: "{" }),
  ]
})

const packages = fileURLToPath(new URL("../../../../", import.meta.url))

/** The last message of an upload that a response ended, for the example of every code. */
const answers = (name: "c2c" | "s3"): ReadonlyArray<string> => {
  const folder = `${packages}${name}/test/fixtures/codes/`
  const said = Fs.readdirSync(folder).flatMap((example) => {
    const response = HttpCapture.parse(Fs.readFileSync(`${folder}${example}`, "utf8"))?.response
    if (response === undefined || response.status < 400) return []
    const { body, headers, status } = response
    const answer = { status, headers: headers ?? {}, body: body ?? "" }
    const error = name === "c2c" ? C2cError.fromResponse(answer) : S3Error.fromResponse(answer)
    const { problem, remedy } = Remedy.upload(error, frameIo)
    return [`${String(ExitCode.code(Remedy.outcomeOf(error))).padStart(3)}  ${problem}; ${remedy}`]
  })
  return [...new Set(said)].toSorted()
}

const transport = ["ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "CERT_HAS_EXPIRED"].concat([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "EPROTO",
])

const failures = Effect.sync(() => [
  Shown.scene("answers of Frame.io", answers("c2c")),
  Shown.scene("answers of S3", answers("s3")),
  Shown.scene(
    "no answer",
    transport.map((key) => {
      const request = HttpClientRequest.get("https://api.frame.io/health")
      const error = TransportCause.fromCause(request, Object.assign(new Error(key), { code: key }))
      const { problem, remedy } = Remedy.upload(error, frameIo)
      return `${String(ExitCode.code(Remedy.outcomeOf(error))).padStart(3)}  ${problem}; ${remedy}`
    }),
  ),
])

/** The messages of a topic. */
export const topics: Readonly<Record<string, Effect.Effect<ReadonlyArray<string>>>> = {
  "command-lines": commandLines,
  files,
  "sign-in": signIn,
  failures,
}
