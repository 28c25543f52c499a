/**
 * `holdfast status` against servers with unusual responses: its output, its exit code, and that it changes nothing.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import { type OddAnswer, pair } from "../support/oddServer.ts"
import * as OddServer from "../support/oddServer.ts"

const healthy: OddAnswer = [200, { status: "ok" }]
const device: OddAnswer = [200, { id: "d-1", name: "A-Cam" }]
const refused: OddAnswer = [401, { code: 401, errors: [{ detail: "Unauthorized" }], message: "Unauthorized" }]

interface Scene extends Omit<OddServer.Scene, "answers"> {
  readonly health?: OddAnswer
  readonly me?: OddAnswer
}

const play = ({ health = healthy, me = device, ...rest }: Scene, ...flags: Array<string>) =>
  Effect.tap(
    OddServer.play(
      "status",
      { ...rest, answers: { "GET /health": health, "GET /v2/devices/me": me, "POST /v2/auth/token": refused } },
      ...flags,
    ),
    ({ after, before }) => Effect.sync(() => assert.strictEqual(after, before, "status changed the sign-in")),
  )

describe("holdfast status", () => {
  const answers: ReadonlyArray<
    readonly [name: string, scene: Scene, exitCode: number, state: string, paired: boolean | null, problem: RegExp]
  > = [
    ["the API accepts the token", {}, 0, "paired", true, /^null$/],
    ["the access token has ended", { me: refused }, 0, "token-ended", true, /^null$/],
    [
      "the access token has ended, and an answer to a refresh was lost",
      { me: refused, file: { ...pair, spent: "maybe" } },
      0,
      "token-ended",
      true,
      /^null$/,
    ],
    [
      "the access token has expired and cannot be refreshed",
      { me: refused, file: { ...pair, spent: "yes" } },
      4,
      "not-paired",
      false,
      /rejects the saved access token, and the token cannot be refreshed/,
    ],
    [
      "the access token has ended and there is no refresh token",
      { me: refused, file: { ...pair, refreshToken: undefined } },
      4,
      "not-paired",
      false,
      /rejects the saved access token, and the token cannot be refreshed/,
    ],
    [
      "the API accepts a token that cannot be refreshed",
      { file: { ...pair, spent: "yes" } },
      0,
      "paired",
      true,
      /cannot be refreshed when its access token expires/,
    ],
    ["no sign-in is saved", { file: null }, 4, "not-paired", false, /there is no saved token/],
    ["no sign-in is saved and the API fails", { file: null, health: [500, {}] }, 5, "not-paired", false, /500/],
    ["the saved sign-in is damaged", { file: "{" }, 4, "not-paired", false, /is damaged/],
    ["the API fails", { me: [500, {}] }, 5, "unknown", null, /500/],
    ["a proxy fails", { me: [524, "<html>error code: 524</html>"] }, 5, "unknown", null, /524/],
    ["the API is throttled", { me: [429, {}] }, 5, "unknown", null, /429/],
    [
      "a captive portal responds",
      { me: [200, "<html>Welcome to Hotel</html>"] },
      5,
      "unknown",
      null,
      /portal|HTML|network/i,
    ],
    [
      "a captive portal responds to the health check",
      { health: [200, "<html>Hi</html>"] },
      5,
      "unknown",
      null,
      /a page|portal/i,
    ],
    ["the health check fails", { health: [503, {}] }, 5, "unknown", null, /503/],
    ["the connection is reset", { me: "resets" }, 5, "unknown", null, /./],
    ["the API hangs", { me: "hangs" }, 5, "unknown", null, /15 ?s/],
    ["the response is unexpected JSON", { me: [200, { error: "blocked" }] }, 6, "unknown", null, /./],
    [
      "the API does not accept this version",
      { me: [400, { code: 400, message: "Invalid client version", errors: [] }] },
      6,
      "unknown",
      null,
      /version/,
    ],
    ["other users can read the token file", { mode: 0o644 }, 7, "unknown", null, /mode 0644/],
    [
      "the token file is a folder",
      { prepare: (path) => Fs.mkdirSync(path) },
      7,
      "unknown",
      null,
      /the path is a folder/,
    ],
  ]
  for (const [name, scene, exitCode, state, paired, problem] of answers) {
    it.live(`prints "${state}", exits with ${exitCode} and does not refresh the token if ${name}`, () =>
      Effect.gen(function* () {
        const ran = yield* play(scene, "--json")
        const line = JSON.parse(ran.stdout[0] ?? "")
        assert.deepStrictEqual(
          { exitCode: ran.exitCode, state: line.state, paired: line.paired, said: line.exitCode },
          { exitCode, state, paired, said: exitCode },
          ran.stderr.join("\n"),
        )
        assert.match(String(line.problem), problem)
        // At most one request of each type, and none that changes the sign-in.
        assert.isAtMost(ran.asked.filter((path) => path === "GET /health").length, 1)
        assert.isAtMost(ran.asked.filter((path) => path === "GET /v2/devices/me").length, 1)
        assert.isEmpty(ran.asked.filter((path) => path.startsWith("POST")))
        if (state === "unknown") assert.notInclude(ran.stderr.join("\n"), "holdfast pair")
      }),
    )
  }

  it.live("prints the project and the status of the device", () =>
    Effect.gen(function* () {
      const me: OddAnswer = [200, { id: "d-1", project: { id: "p-1", name: "Night shoot" }, status: "paused" }]
      const said = yield* play({ me })
      assert.include(said.stdout, "project  Night shoot")
      assert.match(said.stdout.join("\n"), /^status {3}paused in Frame\.io; /m)
      const json = yield* play({ me }, "--json")
      assert.deepInclude(JSON.parse(json.stdout[0] ?? ""), { project: "Night shoot", status: "paused" })
      const unsaid = yield* play({}, "--json")
      assert.deepInclude(JSON.parse(unsaid.stdout[0] ?? ""), { project: null, status: null })
    }),
  )

  it.live("does not print a token that the API includes in a name or the status of the device", () =>
    Effect.gen(function* () {
      const secret = "fio-at-9Xq2Lw7Zk4Vb8Nc1"
      const again: OddAnswer = [
        200,
        {
          id: "d-1",
          name: `A-Cam ${secret} ${btoa(secret)}`,
          project: { id: "p-1", name: `Night ${secret}` },
          status: `paused ${secret}`,
        },
      ]
      for (const flags of [[], ["--json"]]) {
        const ran = yield* play({ file: { ...pair, accessToken: secret }, me: again }, ...flags)
        const said = ran.stdout.join("\n")
        assert.match(said, /A-Cam/)
        assert.notInclude(said, secret)
        assert.notInclude(said, btoa(secret))
      }
    }),
  )

  it.live("reports that an expired token will be refreshed on the next use", () =>
    Effect.gen(function* () {
      const ran = yield* play({ me: refused })
      assert.deepStrictEqual(ran.stdout.slice(1), [
        "network  reachable",
        "pairing  paired (the access token has expired; the next use refreshes it)",
      ])
      assert.deepStrictEqual(ran.stderr, [])
    }),
  )

  it.live("reports why it cannot determine whether the device is paired", () =>
    Effect.gen(function* () {
      const ran = yield* play({ me: [500, {}] })
      assert.deepStrictEqual(ran.stdout.slice(1), ["network  reachable", "pairing  unknown"])
      assert.lengthOf(ran.stderr, 1)
      assert.match(ran.stderr[0] ?? "", /^holdfast: cannot determine whether this device is paired: .*500.*; /)
    }),
  )
})
