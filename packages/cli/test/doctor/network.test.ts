/**
 * The checks of the network, the API, the clock and the sign-in.
 */
import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import * as Api from "../../src/doctor/checks/Api.ts"
import * as ClockCheck from "../../src/doctor/checks/Clock.ts"
import * as Connection from "../../src/doctor/checks/Connection.ts"
import * as Credentials from "../../src/doctor/checks/Credentials.ts"
import * as DnsCheck from "../../src/doctor/checks/Dns.ts"
import * as Portal from "../../src/doctor/checks/Portal.ts"
import * as Proxy from "../../src/doctor/checks/Proxy.ts"
import * as TlsCheck from "../../src/doctor/checks/Tls.ts"
import * as Token from "../../src/doctor/checks/Token.ts"
import type * as Health from "../../src/doctor/Health.ts"
import { UsageError } from "../../src/process/PersonError.ts"
import * as Doctor from "../support/doctor.ts"

const answer = (status: number) => C2cError.fromResponse({ status, headers: {}, body: "" })

const way = [DnsCheck.check, Connection.check, Portal.check, TlsCheck.check, Api.check]

/** The levels of dns, network, portal, tls and api, and the problem. */
const levels = (health: Partial<Health.Health>) =>
  Effect.gen(function* () {
    const all = yield* Effect.forEach(way, (check) => Doctor.run(check, { health }))
    const problems = all.filter(({ level }) => level === "problem")
    return [all.map(({ level }) => level).join(" "), problems.map(({ remedy }) => remedy).join(), problems[0]?.outcome]
  })

describe("the checks of the way to the API", () => {
  it.effect("report exactly the stage at which the health check failed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* levels({ result: Result.void }), ["ok ok ok ok ok", "", undefined])
      const cases: ReadonlyArray<readonly [Parameters<typeof Doctor.failed>[0], string, RegExp, string]> = [
        [Doctor.transport("ENOTFOUND"), "problem skipped skipped skipped skipped", /DNS server/, "temporary"],
        [Doctor.transport("ECONNREFUSED"), "ok problem skipped skipped skipped", /check the network/, "temporary"],
        [Doctor.transport("ECONNRESET"), "ok problem skipped skipped skipped", /check the network/, "temporary"],
        [Doctor.transport("CaptivePortal"), "ok ok problem skipped skipped", /open a browser/, "temporary"],
        [
          Doctor.transport("DEPTH_ZERO_SELF_SIGNED_CERT"),
          "ok ok skipped problem skipped",
          /NODE_EXTRA_CA_CERTS/,
          "temporary",
        ],
        [Doctor.transport("CERT_HAS_EXPIRED"), "ok ok skipped problem skipped", /clock/, "temporary"],
        [answer(503), "ok ok ok ok problem", /unavailable/, "temporary"],
        [answer(511), "ok ok problem skipped skipped", /./, "temporary"],
        [answer(403), "ok ok ok ok problem", /--api/, "temporary"],
      ]
      for (const [error, expected, remedy, outcome] of cases) {
        const [all, fix = "", worst] = yield* levels(Doctor.failed(error))
        assert.strictEqual(all, expected, error._tag)
        assert.match(fix, remedy, error._tag)
        assert.strictEqual(worst, outcome, error._tag)
      }
    }),
  )

  it.effect("do not report invalid proxy settings a second time", () =>
    Effect.gen(function* () {
      const asked = new UsageError({ problem: "x", remedy: "y" })
      for (const check of way.slice(1)) {
        assert.strictEqual((yield* Doctor.run(check, { asked })).level, "skipped", check.name)
      }
    }),
  )

  it.effect("resolve the name of the proxy if requests use a proxy", () =>
    Effect.gen(function* () {
      const asked = new Array<string>()
      const machine = {
        addresses: (host: string) => {
          asked.push(host)
          return Effect.succeed(["192.0.2.1"])
        },
      }
      const direct = { HOLDFAST_CLIENT_ID: "a", HOLDFAST_CLIENT_SECRET: "b" }
      const env = { ...direct, HTTPS_PROXY: "http://user:hush@proxy.example:3128" }
      yield* Doctor.run(DnsCheck.check, { machine, env: direct })
      yield* Doctor.run(DnsCheck.check, { machine, env })
      yield* Doctor.run(DnsCheck.check, { machine, env: { ...env, NO_PROXY: "api.frame.io" } })
      yield* Doctor.run(DnsCheck.check, { machine, env, api: "http://127.0.0.1:9" })
      assert.deepStrictEqual(asked, ["api.frame.io", "proxy.example", "api.frame.io"])
    }),
  )
})

describe("the proxy check", () => {
  const said = (env: Record<string, string>) =>
    Effect.map(Doctor.run(Proxy.check, { env }), ({ level, text }) => `${level}: ${text}`)

  it.effect("names the proxy without its password", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* said({}), "ok: requests use no proxy")
      assert.strictEqual(
        yield* said({ https_proxy: "http://user:hush@proxy.example:3128" }),
        "ok: requests use the proxy proxy.example:3128",
      )
      assert.strictEqual(
        yield* said({ HTTPS_PROXY: "proxy.example", no_proxy: "*.frame.io" }),
        "ok: requests use no proxy",
      )
      assert.match(yield* said({ HTTPS_PROXY: "ftp://user:hush@x" }), /^problem: HTTPS_PROXY does not contain a valid/)
      assert.match(
        yield* said({ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" }),
        /^warning: .*only https_proxy/,
      )
    }),
  )
})

describe("the clock check", () => {
  const at = (aheadMs: number | undefined) =>
    Effect.map(Doctor.run(ClockCheck.check, { health: { aheadMs } }), ({ level, text }) => `${level}: ${text}`)

  it.effect("warns from 30 s and reports a problem from 5 min in both directions", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* at(900), "ok: agrees with the clock of the API")
      assert.strictEqual(yield* at(-29_999), "ok: 30 s behind the clock of the API")
      assert.strictEqual(yield* at(30_000), "warning: 30 s ahead of the clock of the API")
      assert.strictEqual(yield* at(-299_000), "warning: 5 min behind the clock of the API")
      assert.strictEqual(yield* at(300_000), "problem: 5 min ahead of the clock of the API")
      assert.strictEqual(yield* at(-3_600_000), "problem: 60 min behind the clock of the API")
      assert.strictEqual(yield* at(2 * 86_400_000), "problem: 48 h ahead of the clock of the API")
      assert.match(yield* at(undefined), /^skipped/)
    }),
  )

  it.effect("suspects the clock if a certificate seems to have expired", () =>
    Effect.gen(function* () {
      const look = (code: string) =>
        Effect.map(
          Doctor.run(ClockCheck.check, { health: Doctor.failed(Doctor.transport(code)) }),
          ({ level }) => level,
        )
      assert.strictEqual(yield* look("CERT_HAS_EXPIRED"), "warning")
      assert.strictEqual(yield* look("CERT_NOT_YET_VALID"), "warning")
      assert.strictEqual(yield* look("ECONNREFUSED"), "skipped")
    }),
  )
})

describe("the check of the credentials", () => {
  it.effect("reports missing credentials except for an API on this machine", () =>
    Effect.gen(function* () {
      const missing = yield* Doctor.run(Credentials.check, { env: {} })
      assert.deepInclude(missing, { level: "problem", outcome: "usage", text: "no credentials for api.frame.io" })
      assert.strictEqual((yield* Doctor.run(Credentials.check, { env: {}, api: "http://127.0.0.1:9" })).level, "ok")
      const known = yield* Doctor.run(Credentials.check)
      assert.notInclude(JSON.stringify(known), "hush")
    }),
  )
})

describe("the token check", () => {
  const day = 86_400_000
  const aged = (ageMs: number, more?: object) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Doctor.now)
      const found = yield* Doctor.run(Token.check, { prepare: (_, file) => Doctor.token(file, ageMs, more) })
      return `${found.level}: ${found.text}`
    })

  it.effect("states when the sign-in ends, warns 3 days before, and reports its end after 14 days", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* aged(3_600_000),
        "ok: refreshed 60 min ago; without a refresh, the sign-in ends in 14 days",
      )
      assert.strictEqual(
        yield* aged(10.9 * day),
        "ok: refreshed 11 days ago; without a refresh, the sign-in ends in 3 days",
      )
      assert.strictEqual(
        yield* aged(11 * day),
        "warning: refreshed 11 days ago; without a refresh, the sign-in ends in 3 days",
      )
      assert.strictEqual(
        yield* aged(14 * day),
        "problem: refreshed 14 days ago; a sign-in ends 14 days after its last refresh",
      )
      assert.match(yield* aged(-2 * day), /^warning: .*in the future/)
    }),
  )

  it.effect("reports a sign-in that cannot be refreshed, or that can be refreshed only once more", () =>
    Effect.gen(function* () {
      assert.match(yield* aged(0, { spent: "maybe" }), /^warning: .*only one more refresh/)
      assert.match(yield* aged(0, { spent: "yes" }), /^warning: .*cannot be refreshed/)
      assert.match(yield* aged(0, { refreshToken: undefined }), /^warning: .*cannot be refreshed/)
      assert.strictEqual((yield* Doctor.run(Token.check)).level, "skipped")
    }),
  )
})
