import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"

const noon = Date.parse("2026-11-21T12:00:00Z")

/** A token whose payload says when it ends. */
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

describe("a bearer token that is refused", () => {
  it("was not sent", () => {
    const bare = { response: { status: 401, headers: { "www-authenticate": 'Bearer realm="api"' } } }
    const { code, confidence } = explain(undefined, bare)
    assert.strictEqual(code, "HF-OAUTH-BEARER-001")
    assert.strictEqual(confidence, "certain")
  })

  it("was probably not sent where the server names an error, as servers do of a token that they have read", () => {
    const { code, confidence } = explain(undefined)
    assert.strictEqual(code, "HF-OAUTH-BEARER-001")
    assert.strictEqual(confidence, "likely")
  })

  it("is no bearer token", () => {
    for (const header of [
      "EXAMPLEtokenEXAMPLEtoken",
      "Token EXAMPLEtokenEXAMPLEtoken",
      "Bearer one two",
      "Bearer undefined",
    ]) {
      assert.strictEqual(explain(header).code, "HF-OAUTH-BEARER-002", header)
    }
  })

  it("has expired, for certain when it says so itself", () => {
    const { code, confidence, detail } = explain(`Bearer ${jwt(noon / 1000 - 90)}`)
    assert.strictEqual(code, "HF-OAUTH-BEARER-003")
    assert.strictEqual(confidence, "certain")
    assert.include(detail, "90 s")
  })

  it("is for Microsoft Graph, and the API is another", () => {
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

  it("was revoked, most likely, when its time is not over", () => {
    const { code, confidence, detail } = explain(`Bearer ${jwt(noon / 1000 + 90)}`)
    assert.strictEqual(code, "HF-OAUTH-BEARER-003")
    assert.strictEqual(confidence, "likely")
    assert.include(detail, "revoked")
  })

  it("is judged by the server's clock where there is one", () => {
    const response = { status: 401, headers: { "www-authenticate": "Bearer", date: "Sat, 21 Nov 2026 12:10:00 GMT" } }
    assert.include(explain(`Bearer ${jwt(noon / 1000)}`, { response }).detail, "600 s")
  })

  it("shows its end and nothing else", () => {
    const told = JSON.stringify(explain(`Bearer ${jwt(noon / 1000 - 90)}`))
    assert.include(told, `exp=${noon / 1000 - 90}`)
    assert.notInclude(told, "EXAMPLEheader")
    assert.notInclude(told, btoa("CANARY").slice(0, 6))
  })

  it("lacks a scope", () => {
    const headers = { "www-authenticate": 'Bearer error="insufficient_scope", scope="items.write"' }
    const { code, detail } = explain("Bearer EXAMPLEtokenEXAMPLEtoken", { response: { status: 403, headers } })
    assert.strictEqual(code, "HF-OAUTH-BEARER-004")
    assert.include(detail, "items.write")
  })

  it("is the likely cause of a bare 401", () => {
    assert.strictEqual(
      explain("Bearer EXAMPLEtokenEXAMPLEtoken", { response: { status: 401 } }).code,
      "HF-OAUTH-BEARER-003",
    )
  })
})
