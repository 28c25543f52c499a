/**
 * The same causes in the messages of other servers: Keycloak, Microsoft, Google, Auth0, Okta, Ory Hydra, GitHub,
 * Spring.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"

const secret = { client_secret: "EXAMPLEsecretEXAMPLE" }
const poll = {
  grant_type: "urn:ietf:params:oauth:grant-type:device_code",
  device_code: "EXAMPLEdevicecodeEXAMPLEdevicecode",
  client_id: "a",
}
const refresh = { grant_type: "refresh_token", refresh_token: "EXAMPLErefreshtokenEXAMPLE", client_id: "a" }
const exchange = {
  grant_type: "authorization_code",
  code: "EXAMPLEcodeEXAMPLEcode",
  redirect_uri: "https://app.example.com/",
  ...secret,
  client_id: "a",
}
const machine = { grant_type: "client_credentials", client_id: "a", ...secret }

interface Case {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  readonly status: number
  readonly error: string
  readonly description?: string
  readonly code: string
}

const keycloak = "https://sso.example.com/realms/x/protocol/openid-connect"
const cases: ReadonlyArray<Case> = [
  { url: `${keycloak}/token`, fields: refresh, status: 400, error: "invalid_grant", description: "Token is not active", code: "HF-OAUTH-GRANT-003" },
  { url: `${keycloak}/token`, fields: { ...refresh, ...secret }, status: 401, error: "unauthorized_client", description: "Invalid client or Invalid client credentials", code: "HF-OAUTH-CLIENT-002" },
  { url: `${keycloak}/auth/device`, fields: { client_id: "a" }, status: 401, error: "unauthorized_client", description: "Client not allowed for OAuth 2.0 Device Authorization Grant", code: "HF-OAUTH-CLIENT-006" },
  { url: "https://login.example.com/common/oauth2/v2.0/token", fields: poll, status: 400, error: "authorization_pending", description: "AADSTS70016: Authorization is pending.", code: "HF-OAUTH-DEVICE-001" },
  { url: "https://login.example.com/common/oauth2/v2.0/token", fields: machine, status: 401, error: "invalid_client", description: "AADSTS7000215: Invalid client secret provided.", code: "HF-OAUTH-CLIENT-002" },
  { url: "https://login.example.com/common/oauth2/v2.0/token", fields: { client_id: "a" }, status: 400, error: "invalid_request", description: "AADSTS900144: The request body must contain the following parameter: 'grant_type'.", code: "HF-OAUTH-REQUEST-003" },
  { url: "https://oauth2.example.com/token", fields: { ...poll, ...secret }, status: 428, error: "authorization_pending", code: "HF-OAUTH-DEVICE-001" },
  { url: "https://oauth2.example.com/token", fields: { ...poll, ...secret }, status: 403, error: "slow_down", code: "HF-OAUTH-DEVICE-002" },
  { url: "https://tenant.example.com/oauth/token", fields: poll, status: 403, error: "expired_token", code: "HF-OAUTH-DEVICE-004" },
  { url: "https://tenant.example.com/oauth/token", fields: machine, status: 401, error: "access_denied", description: "Unauthorized", code: "HF-OAUTH-CLIENT-002" },
  { url: "https://org.example.com/oauth2/v1/token", fields: { grant_type: "refresh_token", refresh_token: refresh.refresh_token }, status: 401, error: "invalid_client", code: "HF-OAUTH-REQUEST-004" },
  { url: "https://hydra.example.com/oauth2/token", fields: refresh, status: 401, error: "token_inactive", code: "HF-OAUTH-GRANT-003" },
  { url: "https://git.example.com/login/oauth/access_token", fields: poll, status: 200, error: "incorrect_device_code", code: "HF-OAUTH-GRANT-002" },
  { url: "https://www.linkedin.com/oauth/v2/accessToken", fields: exchange, status: 401, error: "invalid_redirect_uri", description: "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.", code: "HF-OAUTH-GRANT-004" },
  { url: "https://login.microsoftonline.com/common/oauth2/v2.0/token", fields: exchange, status: 401, error: "invalid_client", description: "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.", code: "HF-OAUTH-CLIENT-002" },
  { url: "https://login.microsoftonline.com/x/oauth2/v2.0/token", fields: { ...machine, resource: "https://graph.microsoft.com" }, status: 400, error: "invalid_request", description: "AADSTS90014: The required field 'scope' is missing from the credential.", code: "HF-OAUTH-REQUEST-014" },
  { url: "https://login.microsoftonline.com/x/oauth2/v2.0/token", fields: { ...machine, scope: "https://api.example.netuser_impersonation" }, status: 400, error: "invalid_scope", description: "AADSTS70011: The scope https://api.example.netuser_impersonation is not valid.", code: "HF-OAUTH-REQUEST-008" },
  { url: "https://sso.example.com/auth/realms/x/protocol/openid-connect/token", fields: machine, status: 404, error: "RESTEASY003210: Could not find resource for full path: /auth/realms/x", code: "HF-OAUTH-SERVER-004" },
  { url: `${keycloak}/token`, fields: refresh, status: 400, error: "invalid_grant", description: "Invalid token issuer. Expected 'https://sso.example.com/realms/x'", code: "HF-OAUTH-SERVER-007" },
  { url: "https://accounts.zoho.com/oauth/v2/token", fields: refresh, status: 200, error: "invalid_code", code: "HF-OAUTH-GRANT-003" },
  { url: "https://oauth2.googleapis.com/token", fields: { ...refresh, ...secret }, status: 401, error: "unauthorized_client", description: "Unauthorized", code: "HF-OAUTH-GRANT-003" },
  { url: "https://api.amazon.com/auth/o2/token", fields: machine, status: 400, error: "unauthorized_client", description: "The client is not authorized to request the scope", code: "HF-OAUTH-REQUEST-008" },
] // prettier-ignore

describe("the messages of other servers", () => {
  for (const { code, description, error, fields, status, url } of cases) {
    it(`explains ${status} ${error}${description === undefined ? "" : ` (${description})`} as ${code}`, () => {
      const explanation = Diagnosis.explain({
        request: {
          method: "POST",
          url,
          headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams(fields).toString(),
        },
        response: {
          status,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ error, ...(description === undefined ? {} : { error_description: description }) }),
        },
      })
      assert.strictEqual(explanation.code, code)
    })
  }

  it("recognizes a rate limit that a server reports in a vendor-specific field", () => {
    const { code } = Diagnosis.explain({
      request: {
        method: "POST",
        url: "https://oauth2.example.com/device/code",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "client_id=a&scope=email",
      },
      response: { status: 403, body: '{"error_code":"rate_limit_exceeded"}' },
    })
    assert.strictEqual(code, "HF-OAUTH-DEVICE-003")
  })
})

describe("a refresh without a response", () => {
  const explain = (failure: string, fields: Readonly<Record<string, string>>) =>
    Diagnosis.explain({
      request: { method: "POST", url: "https://auth.example.com/token", body: new URLSearchParams(fields).toString() },
      failure,
    })

  it("forbids resending a refresh that received no response, because its token may be used up", () => {
    for (const failure of ["RequestTimedOut", "ECONNRESET"]) {
      const { code, retry } = explain(failure, refresh)
      assert.strictEqual(code, "HF-OAUTH-SERVER-003", failure)
      assert.strictEqual(retry.verdict, "never", failure)
    }
  })

  it("allows a retry of a refresh that was never sent, because its token is not used up", () => {
    assert.strictEqual(explain("ECONNREFUSED", refresh).code, "HF-HTTP-NET-001")
    assert.strictEqual(explain("ECONNREFUSED", refresh).retry.verdict, "always")
  })

  it("distinguishes a refresh from a poll, which can be repeated", () => {
    assert.strictEqual(explain("ECONNRESET", poll).retry.verdict, "always")
  })
})

describe("the error formats of providers", () => {
  const forms: ReadonlyArray<readonly [body: object, code: string]> = [
    [{ message: "Bad Request", errors: [{ resource: "RefreshToken", field: "refresh_token", code: "invalid" }] }, "HF-OAUTH-GRANT-003"],
    [{ message: "Bad Request", errors: [{ resource: "Authorize", field: "scope", code: "invalid" }] }, "HF-OAUTH-REQUEST-008"],
    [{ status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token" }, "HF-OAUTH-GRANT-003"],
    [{ error_type: "OAuthException", code: 400, error_message: "Redirect URI does not match registered redirect URI" }, "HF-OAUTH-REQUEST-012"],
    [{ errors: [{ errorType: "invalid_grant", message: "Refresh token invalid: x" }], success: false }, "HF-OAUTH-GRANT-003"],
    [{ error: "invalid_request", error_description: "The request is malformed.", hint: "Invalid redirect URI" }, "HF-OAUTH-REQUEST-012"],
    [{ code: 400, error_code: "refresh_token_already_used", msg: "Invalid Refresh Token: Already Used" }, "HF-OAUTH-GRANT-003"],
  ] // prettier-ignore
  for (const [body, code] of forms) {
    it(`explains ${JSON.stringify(body)} as ${code}`, () => {
      const explanation = Diagnosis.explain({
        request: {
          method: "POST",
          url: "https://auth.example.com/oauth/token",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ ...refresh, ...secret }).toString(),
        },
        response: { status: 400, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
      })
      assert.strictEqual(explanation.code, code)
      assert.notStrictEqual(explanation.confidence, "possible")
    })
  }
})
