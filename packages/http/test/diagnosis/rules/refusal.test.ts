import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const at = (url: string, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  Diagnosis.explain({
    request: { method: "POST", url, headers: { accept: "application/json" } },
    response: { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
  })

/** Rejections in the words of vendors, and their causes. */
const words: ReadonlyArray<readonly [name: string, url: string, status: number, body: unknown, code: string]> = [
  ["an invalid Stripe key", "https://api.stripe.com/v1/charges", 401, { error: { message: "Invalid API Key provided: sk_test_****" } }, "HF-HTTP-API-009"],
  ["Google's key", "https://youtube.googleapis.com/v3", 400, { error: { code: 400, message: "API key not valid.", details: [{ reason: "API_KEY_INVALID" }] } }, "HF-HTTP-API-009"],
  ["SendGrid's 401 without details", "https://api.sendgrid.com/v3/mail/send", 401, { errors: [{ message: "The provided authorization grant is invalid" }] }, "HF-HTTP-API-009"],
  ["a malformed Cloudflare token", "https://api.cloudflare.com/client/v4/zones", 400, { success: false, errors: [{ code: 6003, message: "Invalid request headers", error_chain: [{ code: 6111, message: "Invalid format for Authorization header" }] }] }, "HF-HTTP-API-009"],
  ["Cloudflare's permission", "https://api.cloudflare.com/client/v4/accounts", 403, { success: false, errors: [{ code: 10_000, message: "Authentication error" }] }, "HF-HTTP-API-003"],
  ["an invalid Telegram token in the path", "https://api.telegram.org/bot1:TEST/getMe", 401, { ok: false, error_code: 401, description: "Unauthorized" }, "HF-HTTP-API-009"],
  ["an expired Azure DevOps token", "https://dev.azure.com/studio/_apis/projects", 401, { message: "Access Denied: The Personal Access Token used has expired.", typeName: "Microsoft.TeamFoundation.Framework.Server.UnauthorizedRequestException" }, "HF-HTTP-API-009"],
  ["a rejected Matrix token", "https://matrix.org/_matrix/client/v3/account/whoami", 401, { errcode: "M_UNKNOWN_TOKEN", error: "Token is not active", soft_logout: false }, "HF-HTTP-API-009"],
  ["an invalid Trello key", "https://api.trello.com/1/members/me", 401, "invalid key", "HF-HTTP-API-009"],
  ["Jira's rejection of passwords", "https://studio.atlassian.net/rest/api/3/myself", 401, "Basic authentication with passwords is deprecated.", "HF-HTTP-API-009"],
  ["SendGrid's credits", "https://api.sendgrid.com/v3/mail/send", 401, { errors: [{ message: "Maximum credits exceeded" }] }, "HF-HTTP-LIMIT-011"],
  ["an error from Google Maps with status 200", "https://maps.googleapis.com/maps/api/geocode/json", 200, { error_message: "This IP, site or mobile application is not authorized to use this API key.", results: [], status: "REQUEST_DENIED" }, "HF-HTTP-API-010"],
  ["Google's billing", "https://compute.googleapis.com/x", 403, { error: { code: 403, message: "This API method requires billing to be enabled." } }, "HF-HTTP-LIMIT-011"],
  ["Gemini's country", "https://generativelanguage.googleapis.com/v1beta", 400, { error: { code: 400, message: "User location is not supported for the API use.", status: "FAILED_PRECONDITION" } }, "HF-HTTP-API-012"],
  ["Gemini's model", "https://generativelanguage.googleapis.com/v1beta", 404, { error: { code: 404, message: "models/gemini-1 is not found for API version v1beta", status: "NOT_FOUND" } }, "HF-HTTP-API-013"],
  ["Azure's deployment", "https://a.openai.azure.com/openai", 404, { error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." } }, "HF-HTTP-API-013"],
  ["Azure's role", "https://management.azure.com/subscriptions/s", 403, { error: { code: "AuthorizationFailed", message: "The client does not have authorization to perform action" } }, "HF-HTTP-API-003"],
  ["a registry's denial", "https://registry.example.com/v2/a/manifests/b", 403, { errors: [{ code: "DENIED", message: "requested access to the resource is denied" }] }, "HF-HTTP-API-003"],
  ["Slack's channel", "https://slack.com/api/chat.postMessage", 200, { ok: false, error: "not_in_channel" }, "HF-HTTP-API-003"],
  ["Laravel's page", "https://www.example.com/form", 419, "<html><title>Page Expired</title><body>419 Page Expired</body></html>", "HF-HTTP-API-014"],
  ["Kong's IP address restriction", "https://api.example.com/a", 403, { message: "Your IP address is not allowed" }, "HF-HTTP-API-007"],
  ["a failure with status 200", "https://challenges.cloudflare.com/turnstile/v0/siteverify", 200, { success: false, "error-codes": ["timeout-or-duplicate"] }, "HF-HTTP-API-008"],
  ["a GraphQL error with status 200", "https://api.example.com/graphql", 200, { data: { a: null }, errors: [{ message: "Could not resolve a" }] }, "HF-HTTP-API-008"],
] // prettier-ignore

describe("a rejection in a vendor's own words", () => {
  for (const [name, url, status, body, code] of words) {
    it(`reports ${code} for ${name}`, () => {
      const explanation = at(url, status, body)
      assert.strictEqual(explanation.code, code)
      assert.isAtMost(explanation.detail.length, 500)
    })
  }

  it("does not report a rejection for a success", () => {
    for (const body of [
      { success: true, "error-codes": [] },
      { data: { a: 1 }, errors: [{ message: "b is gone" }] },
      { errcode: 0, errmsg: "ok" },
      { results: [], status: "OK", error_message: "" },
    ])
      assert.strictEqual(at("https://api.example.com/a", 200, body).outcome, "succeeded", JSON.stringify(body))
  })

  it("reports a rate limit, not a rejection, if a per-minute limit is exceeded", () => {
    const message = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'"
    const body = { error: { code: 429, message, status: "RESOURCE_EXHAUSTED" } }
    assert.strictEqual(at("https://sheets.googleapis.com/v4", 429, body).code, "HF-HTTP-LIMIT-005")
  })

  it("quotes the specific inner message instead of the general message", () => {
    const body = { message: "Validation Failed", errors: [{ code: "custom", message: "The name is taken" }] }
    assert.include(at("https://api.github.com/a", 422, body).detail, "The name is taken")
  })
})
