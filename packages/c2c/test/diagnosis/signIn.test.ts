import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/c2c/Diagnosis"
import { dialect } from "../../src/internal/api/oauthDialect.ts"
import { decoderOf } from "@holdfast/oauth/OAuthError"
import * as Redaction from "@holdfast/diagnosis/Redaction"

const decode = decoderOf(dialect)

const request = (fields: Readonly<Record<string, string>>) => ({
  method: "POST",
  url: "https://api.frame.io/v2/auth/token",
  headers: { "content-type": "application/x-www-form-urlencoded", "x-client-version": "1.0.0" },
  body: new URLSearchParams({ client_id: "camera", client_secret: "EXAMPLEsecretEXAMPLE", ...fields }).toString(),
})

const poll = request({
  grant_type: "urn:ietf:params:oauth:grant-type:device_code",
  device_code: "EXAMPLEdevicecodeEXAMPLEdevicecode",
})
const pairing = { ...request({ scope: "asset_create offline" }), url: "https://api.frame.io/v2/auth/device/code" }
const refresh = request({ grant_type: "refresh_token", refresh_token: "EXAMPLErefreshtokenEXAMPLErefresh" })

describe("the diagnosis of a sign-in at Frame.io", () => {
  it("matches the verdict that the engine acts on", () => {
    const bodies: ReadonlyArray<readonly [status: number, body: string]> = [
      [400, '{"error":"authorization_pending"}'],
      [400, '{"error":"slow_down"}'],
      [400, '{"error":"expired_token"}'],
      [400, '{"error":"access_denied"}'],
      [400, '{"error":"invalid_request"}'],
      [400, '{"error":"invalid_scope"}'],
      [401, '{"error":"invalid_client"}'],
      [
        401,
        '{"code":401,"errors":[{"code":401,"detail":"x","status":401,"title":"Not Authorized"}],"message":"Not Authorized"}',
      ],
    ]
    for (const sent of [pairing, poll, refresh]) {
      for (const [status, body] of bodies) {
        const { verdict } = decode({ status, headers: {}, body, receivedAt: 0 }, Redaction.redactor([]))
        const { retry } = Diagnosis.explain({ request: sent, response: { status, body } })
        assert.strictEqual(retry.verdict, verdict.retry, `${status} ${body}`)
      }
    }
  })

  it("treats a response without tokens as a failure, as the engine does", () => {
    const response = { status: 200, headers: { "content-type": "application/json" }, body: '{"status":"ok"}' }
    for (const sent of [poll, refresh]) {
      assert.strictEqual(Diagnosis.explain({ request: sent, response }).code, "HF-OAUTH-SERVER-008")
    }
  })

  it("treats a response with tokens as a success", () => {
    const body =
      '{"access_token":"EXAMPLEaccesstoken","refresh_token":"EXAMPLErefreshtoken","expires_in":28800,"token_type":"bearer"}'
    assert.strictEqual(Diagnosis.explain({ request: poll, response: { status: 200, body } }).outcome, "succeeded")
  })
})
