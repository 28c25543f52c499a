import { assert, describe, it } from "@effect/vitest"
import { Duration, Schema } from "effect"
import { Verdict } from "@holdfast/core"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import { StatusTable } from "@holdfast/http"
import { OAuthError } from "@holdfast/oauth"
import { decoderOf } from "@holdfast/oauth/OAuthError"

const from = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  OAuthError.fromResponse({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) })

/** The [class, retry, pace] of a response. */
const seen = (status: number, body: unknown): ReadonlyArray<string> => {
  const { _tag, verdict } = from(status, body)
  return [_tag, verdict.retry, verdict.pace]
}

describe("OAuthError", () => {
  describe("a response with an error code", () => {
    const rows: ReadonlyArray<readonly [name: string, status: number, tag: string, retry: string, pace: string]> = [
      ["authorization_pending", 400, "AuthorizationPending", "always", "transient"],
      ["slow_down", 400, "SlowDown", "always", "throttled"],
      ["access_denied", 400, "AccessDenied", "never", "transient"],
      ["expired_token", 400, "ExpiredToken", "never", "transient"],
      ["invalid_request", 400, "InvalidRequest", "never", "transient"],
      ["invalid_client", 401, "InvalidClient", "never", "transient"],
      ["invalid_grant", 400, "InvalidGrant", "never", "transient"],
      ["unauthorized_client", 400, "UnauthorizedClient", "never", "transient"],
      ["unsupported_grant_type", 400, "UnsupportedGrantType", "never", "transient"],
      ["invalid_scope", 400, "InvalidScope", "never", "transient"],
      ["server_error", 500, "ServerError", "always", "transient"],
      ["temporarily_unavailable", 503, "TemporarilyUnavailable", "always", "throttled"],
      ["unsupported_token_type", 400, "UnsupportedTokenType", "never", "transient"],
      ["invalid_client_version", 400, "InvalidClientVersion", "never", "transient"],
      ["token_inactive", 401, "InvalidGrant", "never", "transient"],
      ["invalid_token", 401, "InvalidGrant", "never", "transient"],
      ["authorization_declined", 400, "AccessDenied", "never", "transient"],
      ["bad_verification_code", 400, "InvalidGrant", "never", "transient"],
      ["incorrect_device_code", 200, "InvalidGrant", "never", "transient"],
      ["bad_refresh_token", 200, "InvalidGrant", "never", "transient"],
      ["incorrect_client_credentials", 200, "InvalidClient", "never", "transient"],
      ["device_flow_disabled", 200, "UnauthorizedClient", "never", "transient"],
      ["bad_client_secret", 200, "InvalidClient", "never", "transient"],
      ["invalid_client_id", 200, "InvalidClient", "never", "transient"],
      ["invalid_refresh_token", 200, "InvalidGrant", "never", "transient"],
      ["Invalid refresh token", 400, "InvalidGrant", "never", "transient"],
      ["interaction_required", 400, "InteractionRequired", "never", "transient"],
      ["invalid_target", 400, "InvalidScope", "never", "transient"],
      ["invalid_dpop_proof", 400, "InvalidRequest", "never", "transient"],
      ["use_dpop_nonce", 400, "InvalidRequest", "never", "transient"],
      ["redirect_uri_mismatch", 200, "InvalidRequest", "never", "transient"],
      ["rate_limit_exceeded", 403, "SlowDown", "always", "throttled"],
      ["insufficient_scope", 403, "InvalidScope", "never", "transient"],
    ]
    for (const [name, status, ...expected] of rows) {
      it(`maps ${name} to ${expected[0]} with any status`, () => {
        assert.deepStrictEqual(seen(status, { error: name }), expected)
        assert.deepStrictEqual(seen(418, { error: name }), expected)
        assert.deepStrictEqual(seen(401, { code: 401, errors: [], message: name }), expected)
        assert.strictEqual(from(status, { error: name }).code, name)
      })
    }

    const odd: ReadonlyArray<readonly [string, number, unknown]> = [
      ["in capital letters", 400, { error: "AUTHORIZATION_PENDING" }],
      ["in two words", 400, { error: "Authorization pending" }],
      ["with blanks around them", 400, { error: " authorization_pending\n" }],
      ["in camel case", 400, { error: "authorizationPending" }],
      ["as the code of an error that is an object", 403, { error: { code: "authorization_pending", message: "x" } }],
      ["as its type", 401, { error: { type: "authorization_pending" } }],
      ["as error_code", 403, { error_code: "authorization_pending" }],
      ["as code", 403, { code: "authorization_pending", message: "Waiting for the user" }],
      ["as the code of the first of errors", 403, { errors: [{ code: "authorization_pending" }] }],
      ["as error_code of a success", 200, { success: false, error_code: "authorization_pending" }],
    ]
    for (const [name, status, body] of odd) {
      it(`recognizes an OAuth error code ${name}`, () => {
        assert.deepStrictEqual(seen(status, body), ["AuthorizationPending", "always", "transient"])
        assert.isTrue(OAuthError.isErrorBody(JSON.stringify(body)))
      })
    }

    it("selects the row by `error` even if another field also contains a code", () => {
      assert.strictEqual(from(400, { error: "invalid_grant", code: "slow_down" })._tag, "InvalidGrant")
    })

    it("finds the error in Twitch's `message`, even if the body also contains the reason phrase of the status", () => {
      const refused = { error: "Bad Request", status: 400, message: "Invalid refresh token" }
      assert.deepStrictEqual(seen(400, refused), ["InvalidGrant", "never", "transient"])
      const waiting = { status: 400, message: "authorization_pending" }
      assert.deepStrictEqual(seen(400, waiting), ["AuthorizationPending", "always", "transient"])
    })

    it("tests every row that has an error code", () => {
      const keys = OAuthError.rows.flatMap(({ key }) => key ?? [])
      assert.deepStrictEqual([...keys].sort(), rows.map(([name]) => name).sort())
    })
  })

  describe("a response with only a status", () => {
    const rows: ReadonlyArray<readonly [status: number, tag: string, retry: string, pace: string]> = [
      [401, "UnauthorizedClient", "never", "transient"],
      [404, "NotFound", "always", "transient"],
      [408, "TemporarilyUnavailable", "always", "transient"],
      [429, "SlowDown", "always", "throttled"],
      [500, "ServerError", "always", "transient"],
      [502, "GatewayFailure", "always", "transient"],
      [503, "TemporarilyUnavailable", "always", "throttled"],
      [504, "GatewayFailure", "always", "transient"],
      [418, "UnknownOAuthError", "once", "transient"],
    ]
    for (const [status, ...expected] of rows) {
      it(`maps ${status} without an error code to ${expected[0]}`, () => {
        for (const body of [
          "",
          "<html>",
          "null",
          "[]",
          '"slow_down"',
          '{"error":5}',
          '{"error":""}',
          '{"message":null}',
        ]) {
          assert.deepStrictEqual(seen(status, body), expected, body)
        }
        assert.deepStrictEqual(seen(status, { error: "no such name" }), expected)
      })
    }

    it("tests every row that has a status", () => {
      const statuses = OAuthError.rows.flatMap(({ form, key, status }) =>
        key === undefined && form === undefined && status !== undefined ? status : [],
      )
      assert.deepStrictEqual([...statuses, 418].sort(), rows.map(([status]) => status).sort())
    })
  })

  it("treats a 503 as a lost response if an intermediary had already forwarded the request", () => {
    const envoy = (reason: string) =>
      `upstream connect error or disconnect/reset before headers. retried and the latest reset reason: ${reason}`
    const applied = (body: string) => OAuthError.fromResponse({ status: 503, headers: {}, body }).verdict.applied
    for (const body of [
      envoy("connection termination"),
      envoy("remote reset"),
      envoy("protocol error"),
      "<title>503 Backend fetch failed</title>",
      "Error 503 first byte timeout",
    ]) {
      assert.strictEqual(applied(body), "maybe", body)
    }
    for (const body of [
      "",
      "no healthy upstream",
      envoy("connection failure"),
      envoy("remote connection failure, transport failure reason: delayed connect error: 111"),
      envoy("overflow"),
      JSON.stringify({ error: "temporarily_unavailable" }),
    ]) {
      assert.strictEqual(applied(body), "no", body)
    }
  })

  it("retries an unknown error code at least as often as the status of the response", () => {
    for (const status of [408, 425, 429, 500, 501, 502, 503, 504, 520, 524, 529]) {
      const { pace, retry } = StatusTable.find(status).verdict
      for (const body of ["", { error: "brand_new" }]) {
        const { verdict } = from(status, body)
        assert.deepStrictEqual([verdict.retry, verdict.pace, verdict.closes], [retry, pace, undefined], `${status}`)
      }
    }
    assert.strictEqual(from(418, { error: "brand_new" }).verdict.retry, "once")
  })

  it("states for each response whether the service is unhealthy and whether the server may have executed the request", () => {
    const stated = (status: number, body: unknown = "") => {
      const { applied, outcome } = from(status, body).verdict
      return [outcome, applied]
    }
    assert.deepStrictEqual(stated(400, { error: "authorization_pending" }), ["ignored", "no"])
    assert.deepStrictEqual(stated(200, { error: "authorization_pending" }), ["ignored", "no"])
    assert.deepStrictEqual(stated(400, { error: "slow_down" }), ["overload", "no"])
    for (const error of [
      "incorrect_device_code",
      "bad_refresh_token",
      "incorrect_client_credentials",
      "device_flow_disabled",
    ]) {
      assert.deepStrictEqual(stated(200, { error }), ["ignored", "no"], error)
    }
    assert.deepStrictEqual(stated(401, { error: "invalid_client" }), ["ignored", "no"])
    assert.deepStrictEqual(stated(500), ["failure", "maybe"])
    assert.deepStrictEqual(stated(502), ["failure", "maybe"])
    assert.deepStrictEqual(stated(524), ["failure", "maybe"])
    assert.deepStrictEqual(stated(503), ["overload", "no"])
    assert.deepStrictEqual(stated(429), ["overload", "no"])
  })

  it("applies the rows of a provider's dialect first", () => {
    const decode = decoderOf({
      rows: [
        { class: "InvalidClient", key: "bad app", status: 400, verdict: Verdict.never(), description: "" },
        { class: "InvalidRequest", key: "invalid_request", status: 400, verdict: Verdict.once(), description: "" },
        { class: "ServerError", status: 500, verdict: Verdict.once(), description: "" },
      ],
      speaks: () => true,
      encodings: new Set(),
    })
    const tagOf = (status: number, body: unknown) => {
      const { _tag, verdict } = decode({ status, headers: {}, body: JSON.stringify(body) }, Redaction.redactor([]))
      return [_tag, verdict.retry]
    }
    assert.deepStrictEqual(tagOf(418, { error: "bad app" }), ["InvalidClient", "never"])
    assert.deepStrictEqual(tagOf(400, { error: "invalid_request" }), ["InvalidRequest", "once"])
    assert.deepStrictEqual(tagOf(500, {}), ["ServerError", "once"])
    assert.deepStrictEqual(tagOf(429, {}), ["SlowDown", "always"])
    assert.deepStrictEqual(seen(400, { error: "bad app" }), ["UnknownOAuthError", "once", "transient"])
  })

  it("prefers error to message, and ignores inherited properties", () => {
    assert.strictEqual(from(400, { error: "slow_down", message: "Not Authorized" })._tag, "SlowDown")
    assert.strictEqual(from(400, '{"error":"constructor"}')._tag, "UnknownOAuthError")
    assert.strictEqual(from(400, '{"__proto__":{"error":"slow_down"}}')._tag, "UnknownOAuthError")
  })

  it("selects the class by the cause in the message, or by the code if the message only mentions other causes", () => {
    const read = (error: string, error_description: string) => {
      const { _tag, code } = from(400, { error, error_description })
      return [_tag, code]
    }
    // RFC 6749 section 5.2 defines unauthorized_client with this message.
    assert.deepStrictEqual(read("invalid_request", "requested grant type is not allowed for this client"), [
      "UnauthorizedClient",
      "invalid_request",
    ])
    for (const words of [
      "refresh token missing requested scope",
      "The OAuth 2.0 Client is not allowed to request scope 'photos'.",
      "Missing required parameter: scope",
    ]) {
      assert.deepStrictEqual(read("invalid_scope", words), ["InvalidScope", "invalid_scope"], words)
    }
  })

  it("keeps the server's message", () => {
    const simple = from(400, { error: "expired_token", error_description: "device code is expired" })
    assert.strictEqual(simple.description, "device code is expired")
    assert.strictEqual(
      simple.message,
      "The code expired before it was approved (expired_token, status 400): device code is expired",
    )
    const detailed = from(401, {
      code: 401,
      errors: [
        { code: 401, detail: "You are not allowed to access that resource", status: 401, title: "Not Authorized" },
      ],
      message: "Not Authorized",
    })
    assert.strictEqual(detailed._tag, "UnauthorizedClient")
    assert.strictEqual(detailed.description, "You are not allowed to access that resource")
    assert.strictEqual(from(429, "").message, "The client is sending too many requests (status 429)")
  })

  it("limits the length of the message", () => {
    const error = from(400, { error: "x".repeat(10_000), error_description: "y".repeat(10_000) })
    assert.isAtMost(error.message.length, 1100)
  })

  it("keeps the server's hints", () => {
    const error = from(429, { error: "slow_down", interval: 12 }, { "retry-after": "7" })
    assert.strictEqual(error.interval, 12)
    assert.deepStrictEqual(error.verdict.retryAfter, Duration.seconds(7))
    for (const interval of [-1, 0, "5", null, {}]) {
      assert.notProperty(from(400, { error: "slow_down", interval }), "interval")
    }
  })

  it("preserves every error in a round trip through JSON", () => {
    const codec = Schema.toCodecJson(OAuthError.schema)
    for (const { key, status } of OAuthError.rows) {
      const error = from(status ?? 418, key === undefined ? "" : { error: key }, { "retry-after": "3" })
      const json = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error)))
      const back = Schema.decodeUnknownSync(codec)(json)
      assert.deepStrictEqual(back, error)
      assert.strictEqual(back.message, error.message)
    }
  })

  it.prop(
    "returns an error with a verdict for any response",
    [Schema.Int, Schema.String, Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)])],
    ([status, header, body]) => {
      const text =
        typeof body === "string"
          ? body
          : (JSON.stringify(body, (_, value) => (typeof value === "bigint" ? `${value}` : value)) ?? "")
      for (const sent of [text, `{"error":${JSON.stringify(text)}}`]) {
        const error = from(status, sent, { "retry-after": header })
        assert.isString(error._tag)
        assert.include(["always", "once", "never"], error.verdict.retry)
      }
    },
    { arbitrary: { runs: 500, seed: 1 }, timeout: 60_000 },
  )
})
