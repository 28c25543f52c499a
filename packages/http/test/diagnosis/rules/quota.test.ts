import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

type Headers = Readonly<Record<string, string>>

const explain = (status: number, body: unknown, headers: Headers = {}, url?: string) =>
  Diagnosis.explain({
    ...(url === undefined ? {} : { request: { method: "POST", url } }),
    response: { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) },
  })

const openai = (code: string, message = "no") => ({ error: { message, type: code, param: null, code } })
const anthropic = (type: string, message = "no") => ({ type: "error", error: { type, message } })
const google = (reason: string, message = "no") => ({
  error: { code: 403, message, errors: [{ domain: "d", reason }] },
})

/** Error messages of vendors, and their causes for a client that waits. */
const words: ReadonlyArray<
  readonly [name: string, status: number, body: unknown, code: string, retry: string, headers?: Headers, url?: string]
> = [
  ["OpenAI's rate limit", 429, openai("rate_limit_exceeded"), "HF-HTTP-LIMIT-005", "always"],
  ["OpenAI's exhausted credit", 429, openai("credit_balance_exhausted"), "HF-HTTP-LIMIT-011", "never"],
  ["OpenAI's limit for one request", 429, openai("rate_limit_exceeded", "Request too large for x"), "HF-HTTP-LIMIT-014", "never"],
  ["Anthropic's rate limit", 429, anthropic("rate_limit_error"), "HF-HTTP-LIMIT-005", "always"],
  ["Anthropic's exhausted credit", 400, anthropic("invalid_request_error", "Your credit balance is too low to access"), "HF-HTTP-LIMIT-011", "never"],
  ["Anthropic's overload", 529, anthropic("overloaded_error"), "HF-HTTP-LIMIT-012", "always"],
  ["a bare 529", 529, {}, "HF-HTTP-LIMIT-012", "always"],
  ["Salesforce's lock", 400, [{ message: "unable to obtain exclusive access to this record", errorCode: "UNABLE_TO_LOCK_ROW" }], "HF-HTTP-LIMIT-013", "always"],
  ["GitHub's limit on content creation", 422, { message: "Validation Failed", errors: ["was submitted too quickly"], documentation_url: "https://docs.github.com/rest" }, "HF-HTTP-LIMIT-010", "always"],
  ["Google's rate limit with status 403", 403, google("userRateLimitExceeded"), "HF-HTTP-LIMIT-005", "always"],
  ["Google's daily limit", 403, google("dailyLimitExceeded"), "HF-HTTP-LIMIT-011", "never"],
  ["a disabled Google API", 403, google("accessNotConfigured"), "HF-HTTP-API-004", "never"],
  ["Stripe's lock", 429, { error: { code: "lock_timeout", message: "held" } }, "HF-HTTP-LIMIT-013", "always"],
  ["Stripe's key in use", 409, { error: { code: "idempotency_key_in_use", message: "held" } }, "HF-HTTP-LIMIT-013", "always"],
  ["Twilio's rate limit", 429, { code: 20429, message: "Too Many Requests", status: 429 }, "HF-HTTP-LIMIT-005", "always"],
  ["Notion's overload", 529, { object: "error", status: 529, code: "service_overload", message: "no" }, "HF-HTTP-LIMIT-012", "always"],
  ["Slack's rate limit with status 200", 200, { ok: false, error: "ratelimited" }, "HF-HTTP-LIMIT-005", "always"],
  ["a missing Slack scope", 200, { ok: false, error: "missing_scope", needed: "chat:write" }, "HF-HTTP-API-003", "once"],
  ["GitHub's rate limit without a message", 403, {}, "HF-HTTP-LIMIT-009", "always", { "x-ratelimit-remaining": "0", "x-github-request-id": "a" }],
  ["GitHub's abuse detection", 403, { message: "You have triggered an abuse detection mechanism." }, "HF-HTTP-LIMIT-010", "always", {}, "https://api.github.com/a"],
  ["GitHub's rejection of an integration", 403, { message: "Resource not accessible by integration" }, "HF-HTTP-API-003", "never", {}, "https://api.github.com/a"],
  ["GitHub's 404 for a missing scope", 404, { message: "Not Found" }, "HF-HTTP-API-003", "never", { "x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "repo" }, "https://api.github.com/a"],
] // prettier-ignore

describe("a limit in a vendor's own words", () => {
  for (const [name, status, body, code, retry, headers, url] of words) {
    it(`reports ${code} for ${name}`, () => {
      const explanation = explain(status, body, headers, url)
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.retry.verdict, retry)
    })
  }

  it("does not recognize a vendor's limit in an OAuth response that uses the same words", () => {
    const exchange = {
      request: { method: "POST", url: "https://idp.example.com/token", body: "grant_type=refresh_token" },
      response: { status: 429, body: '{"error":"rate_limit_exceeded"}' },
    }
    assert.strictEqual(Diagnosis.explain(exchange).confidence, "possible")
  })

  it("does not rate a limit as `certain` if the words of the response do not appear in any documentation", () => {
    assert.notStrictEqual(explain(429, { message: "Daily limit of messages" }).confidence, "certain")
    assert.notStrictEqual(explain(503, { message: "overloaded" }).confidence, "certain")
  })

  it("uses the server's clock to calculate the wait until GitHub's window resets", () => {
    const headers = {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "1795285800",
      date: "Sat, 21 Nov 2026 18:00:00 GMT",
    }
    const { detail, retry } = explain(403, { message: "API rate limit exceeded" }, headers, "https://api.github.com/a")
    assert.strictEqual(retry.afterMs, 1795285800_000 - Date.parse(headers.date))
    assert.include(detail, "s.")
  })
})

describe("a stream of events", () => {
  it("reports a failure for an event stream that ends with an error, regardless of the response status", () => {
    const body = [
      "event: message_start",
      'data: {"type":"message_start","message":{"id":"msg_1"}}',
      "",
      "event: error",
      'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      "",
    ].join("\n")
    const headers = { "content-type": "text/event-stream" }
    const explanation = Diagnosis.explain({ response: { status: 200, headers, body } })
    assert.strictEqual(explanation.code, "HF-HTTP-LIMIT-012")
    const whole = body.replace(/event: error[^]*$/, 'event: message_stop\ndata: {"type":"message_stop"}\n')
    assert.strictEqual(Diagnosis.explain({ response: { status: 200, headers, body: whole } }).outcome, "succeeded")
  })
})
