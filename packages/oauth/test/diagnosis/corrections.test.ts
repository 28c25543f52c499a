import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"

const correct = (code: string, request: Request, headers: Readonly<Record<string, string>> = {}) =>
  Diagnosis.ruleSet.correct({ request, response: { status: 400, headers, body: '{"error":"invalid_request"}' } }, code)

const url = "https://auth.example.com/token"
const form = (body: string): Request => ({
  method: "POST",
  url,
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body,
})
const json = (body: object): Request => ({
  method: "POST",
  url,
  headers: { "Content-Type": "application/json", "Content-Length": "1" },
  body: JSON.stringify(body),
})

describe("the corrections of requests to sign-in servers", () => {
  it.each([
    ["JSON", json({ grant_type: "refresh_token", refresh_token: "a+b", scope: ["a", "b"] })],
    ["a query", { method: "GET", url: `${url}?grant_type=refresh_token&refresh_token=a%2Bb&scope=a+b`, headers: {} }],
    [
      "a multipart form",
      {
        method: "POST",
        url,
        form: [
          { name: "grant_type", value: "refresh_token" },
          { name: "refresh_token", value: "a+b" },
          { name: "scope", value: "a b" },
        ],
      },
    ],
  ] satisfies ReadonlyArray<readonly [string, Request]>)("moves the fields from %s to a form", (_, request) => {
    const corrected = correct("HF-OAUTH-REQUEST-001", request)?.request
    assert.deepStrictEqual(corrected, {
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      form: undefined,
      size: undefined,
      body: "grant_type=refresh_token&refresh_token=a%2Bb&scope=a+b",
    })
  })

  it("removes a repeated parameter only if its values are equal", () => {
    const of = (body: string) => correct("HF-OAUTH-REQUEST-002", form(body))?.request.body
    assert.strictEqual(of("a=1&b=2&a=1"), "a=1&b=2")
    assert.isUndefined(of("a=1&b=2&a=3"))
    assert.isUndefined(of("resource=1&resource=2"))
    assert.strictEqual(of("resource=1&a=1&resource=2&a=1"), "resource=1&a=1&resource=2")
  })

  it("removes the scope from a refresh request, but not from other requests", () => {
    const of = (grant: string) => correct("HF-OAUTH-REQUEST-008", form(`grant_type=${grant}&scope=a`))?.request.body
    assert.strictEqual(of("refresh_token"), "grant_type=refresh_token")
    assert.isUndefined(of("client_credentials"))
  })

  it("restores a damaged refresh token", () => {
    const of = (token: string) =>
      correct("HF-OAUTH-GRANT-006", form(`grant_type=refresh_token&refresh_token=${token}`))?.request.body
    const whole = (token: string) => `grant_type=refresh_token&refresh_token=${token}`
    assert.strictEqual(of("abc%0A"), whole("abc"))
    assert.strictEqual(of("+abc%0D%0A"), whole("abc"))
    assert.strictEqual(of("ab%252Fc"), whole("ab%2Fc"))
    // The value has a plus sign that was not encoded.
    assert.strictEqual(of("ab+c"), whole("ab%2Bc"))
    assert.isUndefined(of("abc"))
    const mended = correct("HF-OAUTH-GRANT-006", json({ refresh_token: "abc\n", n: 1 }))?.request.body
    assert.deepStrictEqual(JSON.parse(mended ?? ""), { refresh_token: "abc", n: 1 })
  })

  it("keeps the client credentials in the Authorization header, which every server supports, and removes them from the body", () => {
    const request = form("grant_type=client_credentials&client_id=a&client_secret=b")
    const corrected = correct("HF-OAUTH-CLIENT-001", {
      ...request,
      headers: { ...request.headers, Authorization: "Basic x" },
    })
    assert.strictEqual(corrected?.request.body, "grant_type=client_credentials")
    assert.strictEqual(corrected?.request.headers?.["Authorization"], "Basic x")
  })

  it("adds an Accept header for JSON, requires a new token, or requires a proof with the server's nonce, depending on the code", () => {
    const page = { ...form("a=1"), headers: { ACCEPT: "text/html" } }
    assert.deepStrictEqual(correct("HF-OAUTH-REQUEST-010", page)?.request.headers, { Accept: "application/json" })
    assert.strictEqual(correct("HF-OAUTH-BEARER-003", page)?.needs, "token")
    const proof = { ...form("a=1"), headers: { DPoP: "old" } }
    assert.deepStrictEqual(correct("HF-OAUTH-BEARER-008", proof, { "DPoP-Nonce": "n" }), {
      request: { ...proof, headers: {} },
      needs: "signature",
      hints: { nonce: "n" },
    })
    assert.isUndefined(correct("HF-OAUTH-BEARER-008", proof))
  })
})
