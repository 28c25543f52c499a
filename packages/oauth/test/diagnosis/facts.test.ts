import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { OAuthError } from "@holdfast/oauth/OAuthError"

const form = { "content-type": "application/x-www-form-urlencoded" }
const poll = {
  method: "POST",
  url: "https://auth.example.com/token",
  headers: form,
  body: "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=EXAMPLEdevicecodeEXAMPLE&client_id=a",
}
const api = { method: "GET", url: "https://api.example.com/me" }

/** Bodies of providers, with the error code that they mean. */
const bodies: ReadonlyArray<readonly [status: number, body: string, code: string]> = [
  [400, '{"error":"authorization_pending"}', "authorization_pending"],
  [400, '{"error":"AUTHORIZATION_PENDING"}', "authorization_pending"],
  [400, '{"error":{"code":"invalid_grant","message":"unknown code"}}', "invalid_grant"],
  [400, '{"error_code":"expired_token"}', "expired_token"],
  [400, '{"status":400,"message":"Invalid refresh token","error":"Bad Request"}', "Invalid refresh token"],
  [400, '{"message":"refused","errors":[{"code":"access_denied"}]}', "access_denied"],
  [400, ')]}\',\n{"error":"slow_down"}', "slow_down"],
  [400, '"{\\"error\\":\\"invalid_grant\\"}"', "invalid_grant"],
  [400, '{"error":"invalid_request","error_description":"cut', "invalid_request"],
  [200, "error=incorrect_device_code&error_description=unknown", "incorrect_device_code"],
]

describe("the error of a sign-in server", () => {
  for (const [status, body, code] of bodies) {
    it(`assigns the same code and verdict to an explanation and to the call's error: ${JSON.stringify(body).slice(1, 50)}`, () => {
      const response = { status, headers: {}, body }
      const error = OAuthError.fromResponse(response)
      const { retry, vendor } = Diagnosis.explain({ request: poll, response })
      assert.deepStrictEqual(
        [error.code, error.verdict.retry, vendor.code, retry.verdict],
        [code, error.verdict.retry, code, error.verdict.retry],
      )
    })
  }

  it("quotes the server's error code verbatim, with its location", () => {
    const { evidence } = Diagnosis.explain({
      request: poll,
      response: { status: 400, body: '{"errors":[{"code":"AuthorizationPending"}]}' },
    })
    assert.deepStrictEqual(evidence, [
      { at: "response.body.errors[0].code", name: "error", observed: "AuthorizationPending" },
    ])
  })
})

describe("an error code that was cut off", () => {
  const explain = (headers: Readonly<Record<string, string>>, url: string) =>
    Diagnosis.explain({
      request: { method: "GET", url, headers: { authorization: "Bearer EXAMPLE.EXAMPLE" } },
      response: { status: 401, headers, body: '{"error":"inval' },
    })

  it("ignores a truncated error code, and determines the cause from the response header", () => {
    const challenge = { "www-authenticate": 'Bearer error="invalid_token"' }
    for (const url of [api.url, "https://auth.example.com/token"]) {
      const { evidence, vendor } = explain(challenge, url)
      assert.strictEqual(vendor.code, "invalid_token", url)
      assert.include(
        evidence.map(({ at }) => at),
        "response.headers.www-authenticate",
        url,
      )
    }
  })

  it("does not report a truncated error code as the server's code", () => {
    assert.strictEqual(explain({ "www-authenticate": 'Bearer realm="api"' }, api.url).vendor.code, "")
  })
})

describe("the error of another API", () => {
  it("does not treat another API's error as an OAuth error merely because its text is similar", () => {
    for (const body of [
      '{"error":"Access Denied"}',
      '{"error":{"code":"access_denied"}}',
      '{"code":"invalid_request"}',
    ]) {
      assert.notStrictEqual(Diagnosis.explain({ request: api, response: { status: 403, body } }).vendor.system, "oauth")
    }
  })
})
