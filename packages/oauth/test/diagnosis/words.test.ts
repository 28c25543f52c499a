/**
 * A provider's message must lead the engine and the diagnosis to the same cause.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { OAuthError } from "@holdfast/oauth/OAuthError"
import { causes } from "../../src/internal/words/causes.ts"
import * as Codes from "../../src/internal/words/codes.ts"
import * as Entra from "../../src/internal/words/entra.ts"

const request = (fields: Readonly<Record<string, string>>, url = "https://auth.example.com/token") => ({
  method: "POST",
  url,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ client_id: "camera", ...fields }).toString(),
})
const poll = request({
  grant_type: "urn:ietf:params:oauth:grant-type:device_code",
  device_code: "EXAMPLEdevicecodeEXAMPLEdevicecode",
})
const refresh = request({ grant_type: "refresh_token", refresh_token: "EXAMPLErefreshtokenEXAMPLErefresh" })

const known = new Set(Diagnosis.ruleSet.rules.map(({ code }) => code))

describe("the causes that messages name", () => {
  it("maps every cause that a message can name to rules and error table rows that exist", () => {
    const keys = new Set(OAuthError.rows.flatMap(({ key }) => key ?? []))
    for (const [name, cause] of Object.entries(causes)) {
      for (const code of cause.codes) assert.isTrue(known.has(code), `${name}: ${code}`)
      if ("key" in cause) assert.isTrue(keys.has(cause.key), `${name}: ${cause.key}`)
    }
  })
})

describe("an error number of Microsoft Entra", () => {
  const of = (number: number) => {
    const description = `AADSTS${number}: Something is wrong. Trace ID: 0`
    return JSON.stringify({ error: "invalid_grant", error_description: description, error_codes: [1] })
  }

  it("lists the error numbers that a device, a poll or a refresh can receive", () => {
    assert.isAbove(Entra.numbers.length, 60)
  })

  for (const number of Entra.numbers) {
    const cause = Entra.causeOf(number)
    it(`maps error number ${number} to ${cause}`, () => {
      assert(cause !== undefined)
      const body = of(number)
      const posted = cause === "codeUsed" || cause.startsWith("refresh") || cause === "verifier" ? refresh : poll
      const sent = cause === "method" ? { ...posted, method: "GET" } : posted
      const explanation = Diagnosis.explain({ request: sent, response: { status: 400, body } })
      assert.include(causes[cause].codes, explanation.code)
      assert.strictEqual(explanation.vendor.system, "entra")
      assert.strictEqual(explanation.answeredBy, "Microsoft Entra")
      const alone = Diagnosis.explain({ response: { status: 400, body } })
      assert.include(causes[cause].codes, alone.code, "the answer alone")
      const error = OAuthError.fromResponse({ status: 400, headers: {}, body })
      assert.strictEqual(explanation.retry.verdict, error.verdict.retry)
      assert.strictEqual(error.code, "invalid_grant")
    })
  }
})

describe("a provider's error code", () => {
  for (const code of Codes.listed) {
    it(`assigns the engine's verdict to ${code}, whatever the status`, () => {
      for (const status of [200, 400, 401]) {
        const body = JSON.stringify({ ok: false, error: code })
        const error = OAuthError.fromResponse({ status, headers: {}, body })
        const { outcome, retry } = Diagnosis.explain({ request: poll, response: { status, body } })
        assert.strictEqual(retry.verdict, error.verdict.retry, String(status))
        assert.notStrictEqual(outcome, "succeeded", String(status))
      }
    })
  }
})

describe("a person who has to act", () => {
  it("reports InteractionRequired instead of a declined sign-in if the user has to act", () => {
    const body =
      '{"error":"access_denied","error_description":"AADSTS53003: Access has been blocked by Conditional Access policies."}'
    assert.strictEqual(OAuthError.fromResponse({ status: 400, headers: {}, body })._tag, "InteractionRequired")
    assert.strictEqual(Diagnosis.explain({ response: { status: 400, body } }).code, "HF-OAUTH-ACCOUNT-002")
  })
})

describe("poll responses with only a status", () => {
  const trakt = {
    method: "POST",
    url: "https://api.trakt.tv/oauth/device/token",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      code: "EXAMPLEdevicecodeEXAMPLEdevicecode",
      client_id: "camera",
      client_secret: "EXAMPLEsecret",
    }),
  }
  const statuses = [
    [400, "HF-OAUTH-DEVICE-001"],
    [404, "HF-OAUTH-GRANT-002"],
    [409, "HF-OAUTH-GRANT-002"],
    [410, "HF-OAUTH-DEVICE-004"],
    [418, "HF-OAUTH-DEVICE-005"],
    [429, "HF-OAUTH-DEVICE-002"],
  ] as const
  for (const [status, code] of statuses) {
    it(`explains status ${status} from Trakt as ${code}`, () => {
      const headers = { server: "cloudflare", "content-type": "text/html" }
      const explanation = Diagnosis.explain({ request: trakt, response: { status, headers, body: "" } })
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.vendor.system, "trakt")
    })
  }
})
