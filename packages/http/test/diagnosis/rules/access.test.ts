import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const at = (url: string, status: number, body: unknown) =>
  Diagnosis.explain({
    request: {
      method: "GET",
      url,
      headers: { accept: "application/json", authorization: "Bearer fakefakefakefakefake" },
    },
    response: { status, body: typeof body === "string" ? body : JSON.stringify(body) },
  })

/** Rejections of valid tokens in the words of products, and their causes. */
const words: ReadonlyArray<readonly [name: string, url: string, status: number, body: unknown, code: string]> = [
  ["X's project", "https://api.x.com/2/tweets/search/stream", 403, { title: "Client Forbidden", reason: "client-not-enrolled", type: "https://api.twitter.com/2/problems/client-forbidden" }, "HF-HTTP-API-021"],
  ["X's older access levels", "https://api.twitter.com/1.1/statuses/update.json", 403, { errors: [{ message: "You currently have access to a subset of X API V2 endpoints", code: 453 }] }, "HF-HTTP-API-021"],
  ["TikTok's audit", "https://open.tiktokapis.com/v2/post/publish/video/init/", 403, { error: { code: "unaudited_client_can_only_post_to_private_accounts", message: "Please review our integration guidelines", log_id: "1" } }, "HF-HTTP-API-021"],
  ["Vimeo's token without a user", "https://api.vimeo.com/me/videos", 401, { error: "Unable to upload video.", developer_message: "The authentication token is missing a user ID", error_code: 8002 }, "HF-HTTP-API-020"],
  ["Graph's me", "https://graph.microsoft.com/v1.0/me", 400, { error: { code: "BadRequest", message: "/me request is only valid with delegated authentication flow." } }, "HF-HTTP-API-020"],
  ["Discord's bots", "https://discord.com/api/v10/users/@me/guilds", 403, { message: "Bots cannot use this endpoint", code: 20_001 }, "HF-HTTP-API-020"],
  ["Slack's token of another type", "https://slack.com/api/admin.users.list", 200, { ok: false, error: "not_allowed_token_type" }, "HF-HTTP-API-020"],
  ["Reddit's list of errors", "https://oauth.reddit.com/api/submit", 200, { json: { errors: [["USER_REQUIRED", "Please log in to do that.", null]] } }, "HF-HTTP-API-020"],
  ["YouTube's channel", "https://www.googleapis.com/upload/youtube/v3/videos", 401, { error: { code: 401, message: "Unauthorized", errors: [{ reason: "youtubeSignupRequired" }] } }, "HF-HTTP-API-022"],
  ["Zoom's plan", "https://api.zoom.us/v2/users/me/webinars", 400, { code: 200, message: "Only available for Paid or ZMP account" }, "HF-HTTP-API-022"],
  ["Bitbucket's scopes", "https://api.bitbucket.org/2.0/user", 403, { type: "error", error: { message: "Your credentials lack one or more required privilege scopes.", detail: { required: ["read:user:bitbucket"] } } }, "HF-HTTP-API-003"],
  ["LinkedIn's permissions", "https://api.linkedin.com/rest/posts", 403, { serviceErrorCode: 100, message: "Not enough permissions to access: POST /posts", status: 403 }, "HF-HTTP-API-003"],
] // prettier-ignore

describe("a valid token without sufficient access", () => {
  for (const [name, url, status, body, code] of words) {
    it(`reports ${code} for ${name}`, () => assert.strictEqual(at(url, status, body).code, code))
  }

  it("names the scopes that the response lists", () => {
    const error = {
      message: "lacks one or more required privilege scopes",
      detail: { required: ["read:user:bitbucket"] },
    }
    assert.include(at("https://api.bitbucket.org/2.0/user", 403, { error }).detail, "the scope read:user:bitbucket")
    const message = "Invalid access token, does not contain scopes:[user:read:admin, user:read]."
    assert.include(
      at("https://api.zoom.us/v2/users", 400, { code: 4711, message }).detail,
      "scopes user:read:admin, user:read",
    )
  })

  it("does not report insufficient access if TikTok's response reports success", () => {
    const body = { data: {}, error: { code: "ok", message: "", log_id: "1" } }
    assert.strictEqual(at("https://open.tiktokapis.com/v2/user/info/", 200, body).outcome, "succeeded")
  })

  it("does not report a missing header if only the URL of the request is known", () => {
    const explanation = Diagnosis.explain({ request: { url: "https://plex.example.com/" }, response: { status: 401 } })
    assert.notInclude(explanation.detail, "no Authorization header")
  })
})
