import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"

const noon = Date.parse("2026-11-21T12:00:00Z")

/** A token whose payload has an expiry. */
const jwt = (exp: number): string =>
  `EXAMPLEheader.${btoa(JSON.stringify({ exp, sub: "CANARY" })).replaceAll("=", "")}.sig`

const explain = (authorization: string | undefined, more: Partial<Diagnosis.Exchange> = {}) =>
  Diagnosis.explain({
    request: {
      method: "GET",
      url: "https://api.example.com/me",
      headers: { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) },
    },
    response: { status: 401, headers: { "www-authenticate": 'Bearer realm="api", error="invalid_token"' } },
    at: noon,
    ...more,
  })

describe("a rejected bearer token", () => {
  it("reports a missing token as certain if the request contains none and the server does not name an error", () => {
    const bare = { response: { status: 401, headers: { "www-authenticate": 'Bearer realm="api"' } } }
    const { code, confidence } = explain(undefined, bare)
    assert.strictEqual(code, "HF-OAUTH-BEARER-001")
    assert.strictEqual(confidence, "certain")
  })

  it("reports a missing token as likely, not certain, if the server names an error, because servers name errors after reading a token", () => {
    const { code, confidence } = explain(undefined)
    assert.strictEqual(code, "HF-OAUTH-BEARER-001")
    assert.strictEqual(confidence, "likely")
  })

  it("reports an Authorization header that does not contain a bearer token", () => {
    for (const header of [
      "EXAMPLEtokenEXAMPLEtoken",
      "Token EXAMPLEtokenEXAMPLEtoken",
      "Bearer one two",
      "Bearer undefined",
    ]) {
      assert.strictEqual(explain(header).code, "HF-OAUTH-BEARER-002", header)
    }
  })

  it("reports an expired token, and is certain if the token's own expiry has passed", () => {
    const { code, confidence, detail } = explain(`Bearer ${jwt(noon / 1000 - 90)}`)
    assert.strictEqual(code, "HF-OAUTH-BEARER-003")
    assert.strictEqual(confidence, "certain")
    assert.include(detail, "90 s")
  })

  it("reports that a token for Microsoft Graph was sent to another API", () => {
    const token = (aud: string) =>
      `Bearer EXAMPLEheader.${btoa(JSON.stringify({ aud, exp: noon / 1000 + 90 })).replaceAll("=", "")}.sig`
    for (const aud of ["00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"]) {
      const { code, confidence, detail } = explain(token(aud))
      assert.strictEqual(code, "HF-OAUTH-BEARER-005", aud)
      assert.strictEqual(confidence, "likely")
      assert.include(detail, "Microsoft Graph")
    }
    assert.strictEqual(explain(token("api://example")).code, "HF-OAUTH-BEARER-003")
    const atGraph = {
      request: {
        method: "GET",
        url: "https://graph.microsoft.com/v1.0/me",
        headers: { authorization: token("https://graph.microsoft.com") },
      },
    }
    assert.strictEqual(explain(undefined, atGraph).code, "HF-OAUTH-BEARER-003")
  })

  it("reports a token as likely revoked if the token has not expired", () => {
    const { code, confidence, detail } = explain(`Bearer ${jwt(noon / 1000 + 90)}`)
    assert.strictEqual(code, "HF-OAUTH-BEARER-003")
    assert.strictEqual(confidence, "likely")
    assert.include(detail, "revoked")
  })

  it("compares the token's expiry with the server's clock if the response contains a date", () => {
    const response = { status: 401, headers: { "www-authenticate": "Bearer", date: "Sat, 21 Nov 2026 12:10:00 GMT" } }
    assert.include(explain(`Bearer ${jwt(noon / 1000)}`, { response }).detail, "600 s")
  })

  it("reveals nothing about a token except its expiry", () => {
    const told = JSON.stringify(explain(`Bearer ${jwt(noon / 1000 - 90)}`))
    assert.include(told, `exp=${noon / 1000 - 90}`)
    assert.notInclude(told, "EXAMPLEheader")
    assert.notInclude(told, btoa("CANARY").slice(0, 6))
  })

  it("reports a token that lacks a required scope", () => {
    const headers = { "www-authenticate": 'Bearer error="insufficient_scope", scope="items.write"' }
    const { code, detail } = explain("Bearer EXAMPLEtokenEXAMPLEtoken", { response: { status: 403, headers } })
    assert.strictEqual(code, "HF-OAUTH-BEARER-004")
    assert.include(detail, "items.write")
  })

  it("reports an invalid token as the first cause of a 401 without a body", () => {
    assert.strictEqual(
      explain("Bearer EXAMPLEtokenEXAMPLEtoken", { response: { status: 401 } }).code,
      "HF-OAUTH-BEARER-003",
    )
  })
})
