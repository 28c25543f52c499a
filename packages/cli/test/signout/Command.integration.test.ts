/**
 * `holdfast signout` reports exactly what it did, whatever the server answers.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import { type OddAnswer, pair, play, type Scene } from "../support/oddServer.ts"

const ok: OddAnswer = [200, {}]

const against = (revoke: OddAnswer, more: Omit<Scene, "answers"> = {}): Scene => ({
  ...more,
  answers: { "POST /v2/auth/revoke": revoke },
})

const both = ["POST /v2/auth/revoke refresh-1", "POST /v2/auth/revoke access-1"]

describe("holdfast signout", () => {
  it.live("revokes the refresh token and then the access token, and removes both", () =>
    Effect.gen(function* () {
      const ran = yield* play("signout", against(ok))
      assert.deepStrictEqual([ran.exitCode, ran.asked], [0, both])
      assert.match(ran.stdout[0] ?? "", /^signed out of 127\.0\.0\.1:\d+; the tokens are revoked$/)
      assert.deepStrictEqual(ran.stderr, [])
      assert.isFalse(Fs.existsSync(ran.path))
    }),
  )

  it.live("reports that the machine is not paired and creates no files if it was never paired", () =>
    Effect.gen(function* () {
      const ran = yield* play("signout", against(ok, { file: null }))
      assert.deepStrictEqual([ran.exitCode, ran.asked, ran.left], [0, [], []])
      assert.match(ran.stdout[0] ?? "", /^not paired with 127\.0\.0\.1:\d+$/)
    }),
  )

  const failures: ReadonlyArray<readonly [name: string, scene: Scene, exitCode: number, problem: RegExp]> = [
    ["the server fails", against([500, {}]), 5, /500/],
    ["the server hangs", against("hangs"), 5, /no response within|15 ?s/],
    ["the connection is reset", against("resets"), 5, /./],
    ["a captive portal responds", against([200, "<html>Welcome to Hotel</html>"]), 5, /HTML|portal|network/i],
    ["the server does not recognize the client", against([401, { error: "invalid_client" }]), 6, /invalid_client/],
    [
      "the server does not support revoking this type of token",
      against([400, { error: "unsupported_token_type" }]),
      6,
      /does not revoke/,
    ],
    ["the saved sign-in is damaged", against(ok, { file: "{" }), 7, /damaged/],
  ]
  for (const [name, scene, exitCode, problem] of failures) {
    it.live(`removes the tokens and reports that they were not revoked if ${name}`, () =>
      Effect.gen(function* () {
        const ran = yield* play("signout", scene, "--json")
        const line = JSON.parse(ran.stdout[0] ?? "")
        assert.deepStrictEqual(
          { ...line, api: "", problem: "" },
          { type: "signout", api: "", removed: true, revoked: false, problem: "", exitCode },
        )
        assert.strictEqual(ran.exitCode, exitCode)
        assert.match(line.problem, problem)
        assert.match(ran.stderr.join("\n"), /removed from this machine but not revoked \(.*\); remove the device/)
        assert.isFalse(Fs.existsSync(ran.path))
      }),
    )
  }

  it.live("treats a token that the server no longer recognizes as revoked", () =>
    Effect.gen(function* () {
      const ran = yield* play("signout", against([400, { error: "invalid_grant" }]), "--json")
      assert.deepInclude(JSON.parse(ran.stdout[0] ?? ""), { removed: true, revoked: true, exitCode: 0 })
      assert.deepStrictEqual(ran.asked, both)
    }),
  )

  it.live("also removes temporary files left by crashed processes", () =>
    Effect.gen(function* () {
      const ran = yield* play(
        "signout",
        against(ok, {
          prepare: (path) => {
            Fs.writeFileSync(path, JSON.stringify(pair), { mode: 0o600 })
            Fs.writeFileSync(`${path}.1f.tmp`, JSON.stringify(pair), { mode: 0o600 })
          },
        }),
      )
      assert.strictEqual(ran.exitCode, 0)
      assert.deepStrictEqual(
        ran.left.filter((name) => !name.endsWith(".owner")),
        [],
      )
    }),
  )

  it.live("leaves a token file untouched and reports the reason if the file must not be used", () =>
    Effect.gen(function* () {
      const ran = yield* play("signout", against(ok, { mode: 0o644 }))
      assert.deepStrictEqual([ran.exitCode, ran.asked, ran.stdout], [7, [], []])
      assert.match(ran.stderr[0] ?? "", /mode 0644.*; run chmod 600/)
      assert.strictEqual(ran.after, ran.before)
    }),
  )
})
