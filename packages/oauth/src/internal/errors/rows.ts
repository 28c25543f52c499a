/**
 * Maps responses to OAuth errors and verdicts as plain data, so that code that only reads verdicts does not load the schemas.
 *
 * The codes come from RFC 6749, RFC 7009, RFC 8628 and some providers. A provider that uses a code with a different meaning
 * has a `Dialect`.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import type { Row } from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"
import * as StatusTable from "@holdfast/http/StatusTable"
import type { Dialect, Tag } from "../../Dialect.ts"
import * as Meaning from "../words/meaning.ts"

/** The user has to make a change before the request can succeed: approve the sign-in, sign in, or correct the settings. */
const human = { change: "human" } as const

/** The request cannot succeed until the user acts. */
const over = Verdict.never(human)

/** The verdict for an error with a success status. The server rejected the request despite the success status. */
const overWithSuccess = Verdict.never({ ...human, outcome: "ignored", applied: "no" })

/** The program has to send a different request. */
const wrong = Verdict.never({ change: "plan" })

/** The server requires the client to send fewer requests. */
const slower = Verdict.always({ pace: "throttled" })

/** Creates a row for an error code with any status. `status` is the status that the documentation specifies. */
const named = <const Class extends string>(
  class_: Class,
  key: string,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: class_, key, status, verdict, description })

/** Creates a row for a status without an error code. Holdfast infers the verdict of a row without an error code. */
const nameless = <const Class extends string>(
  class_: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: class_, status, verdict, description, inferred: true })

/** The rows. */
export const rows = [
  // RFC 8628 section 3.5
  named(
    "AuthorizationPending",
    "authorization_pending",
    400,
    Verdict.always(human),
    "The code has not been approved yet: poll again after the interval.",
  ),
  named(
    "SlowDown",
    "slow_down",
    400,
    slower,
    "The client is polling too fast: the polling interval is permanently increased by 5 s.",
  ),
  // Polling again would get `invalid_grant`: servers report the expiry only once.
  named("AccessDenied", "access_denied", 400, over, "The person declined."),
  named(
    "ExpiredToken",
    "expired_token",
    400,
    over,
    "The device code has expired: request a new code when the user is ready.",
  ),
  // RFC 6749 section 5.2
  named("InvalidRequest", "invalid_request", 400, wrong, "The request is malformed."),
  named("InvalidClient", "invalid_client", 401, over, "The client id or secret is wrong."),
  named(
    "InvalidGrant",
    "invalid_grant",
    400,
    over,
    "The device code or refresh token is unknown, already used or expired, or belongs to another client.",
  ),
  named("UnauthorizedClient", "unauthorized_client", 400, over, "This client is not allowed to use this grant type."),
  named(
    "UnsupportedGrantType",
    "unsupported_grant_type",
    400,
    over,
    "The server does not support the device flow or token refreshes.",
  ),
  named("InvalidScope", "invalid_scope", 400, over, "The scope is unknown or malformed, or exceeds what was granted."),
  // RFC 6749 section 4.1.2.1 and RFC 7009 section 2.2.1
  named("ServerError", "server_error", 500, Verdict.always(), "The server failed while handling the request."),
  named(
    "TemporarilyUnavailable",
    "temporarily_unavailable",
    503,
    slower,
    "The server is overloaded or down for maintenance.",
  ),
  named(
    "UnsupportedTokenType",
    "unsupported_token_type",
    400,
    Verdict.never(),
    "The server does not revoke tokens of this type.",
  ),
  // Codes of other providers
  {
    ...named(
      "InvalidClientVersion",
      "invalid_client_version",
      400,
      over,
      "The server does not accept the version of this program.",
    ),
    inferred: true,
  },
  named("InvalidGrant", "token_inactive", 401, over, "A refresh token was used a second time (Ory Hydra)."),
  named("InvalidGrant", "invalid_token", 401, over, "The token is expired, revoked, or malformed (RFC 6750)."),
  named("AccessDenied", "authorization_declined", 400, over, "The person declined (Microsoft)."),
  named("InvalidGrant", "bad_verification_code", 400, over, "The device code is not recognized (Microsoft, GitHub)."),
  named(
    "InvalidGrant",
    "incorrect_device_code",
    200,
    overWithSuccess,
    "The device code is not recognized (GitHub, with status 200).",
  ),
  named(
    "InvalidGrant",
    "bad_refresh_token",
    200,
    overWithSuccess,
    "The refresh token has expired or has already been used (GitHub, with status 200).",
  ),
  named(
    "InvalidClient",
    "incorrect_client_credentials",
    200,
    overWithSuccess,
    "The client id or secret is wrong (GitHub, with status 200).",
  ),
  named(
    "UnauthorizedClient",
    "device_flow_disabled",
    200,
    overWithSuccess,
    "The device flow is not enabled for this client (GitHub, with status 200).",
  ),
  named(
    "InvalidClient",
    "bad_client_secret",
    200,
    overWithSuccess,
    "The client secret is wrong (GitHub and Slack, with status 200).",
  ),
  named("InvalidClient", "invalid_client_id", 200, overWithSuccess, "The client id is wrong (Slack, with status 200)."),
  named(
    "InvalidGrant",
    "invalid_refresh_token",
    200,
    overWithSuccess,
    "The refresh token is not valid (Slack, with status 200).",
  ),
  named("InvalidGrant", "Invalid refresh token", 400, over, "The refresh token is not valid (Twitch)."),
  // OpenID Connect, RFC 8707 and RFC 9449
  named(
    "InteractionRequired",
    "interaction_required",
    400,
    over,
    "User or administrator action is required: sign in again, use a second factor, give consent, or change a policy or an account.",
  ),
  named(
    "InvalidScope",
    "invalid_target",
    400,
    over,
    "The resource or audience is unknown, or is not available to this client.",
  ),
  named("InvalidRequest", "invalid_dpop_proof", 400, wrong, "The DPoP proof is missing or not valid."),
  named("InvalidRequest", "use_dpop_nonce", 400, wrong, "The DPoP proof must contain the server's nonce."),
  named(
    "InvalidRequest",
    "redirect_uri_mismatch",
    200,
    { ...wrong, outcome: "ignored", applied: "no" },
    "The redirect address is not registered (GitHub, with status 200).",
  ),
  named(
    "SlowDown",
    "rate_limit_exceeded",
    403,
    slower,
    "Too many device codes were requested (Google, in `error_code`).",
  ),
  named(
    "InvalidScope",
    "insufficient_scope",
    403,
    over,
    "The token does not have the required permissions (RFC 6750).",
  ),
  // Statuses of responses without an error code
  nameless("UnauthorizedClient", 401, over, "The credentials were rejected without an error code."),
  nameless(
    "NotFound",
    404,
    Verdict.always(),
    "The server or an intermediary reported that the endpoint was not found.",
  ),
  nameless("TemporarilyUnavailable", 408, Verdict.always(), "The server timed out while waiting for the request."),
  nameless("SlowDown", 429, slower, "Too many requests."),
  nameless("ServerError", 500, Verdict.always(), "The server failed while handling the request."),
  nameless("GatewayFailure", 502, Verdict.always(), "A gateway did not receive a valid response from the server."),
  nameless("TemporarilyUnavailable", 503, slower, "The server is overloaded or down for maintenance."),
  {
    ...nameless(
      "GatewayFailure",
      503,
      Verdict.always({ outcome: "failure", applied: "maybe" }),
      "An intermediary (Envoy, Varnish, Fastly) forwarded the request but did not receive a response.",
    ),
    form: "unanswered",
  },
  nameless("GatewayFailure", 504, Verdict.always(), "A gateway timed out while waiting for the server."),
  { class: "UnknownOAuthError", verdict: Verdict.once(), description: "Everything else.", inferred: true },
] as const

/** The error class for a response that no row matches. */
export const unknown = "UnknownOAuthError"

/** The verdicts for statuses that no row lists. Errors with these statuses do not close a gate. */
export const statuses = (status: number): Verdict.Verdict => {
  const { pace, retry } = StatusTable.find(status).verdict
  return { retry, pace, change: "nothing" }
}

/** Codes that cover many causes, so the message in the response can select a different row. */
const broad: ReadonlySet<string> = new Set([
  "access_denied",
  "interaction_required",
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_token",
  "unauthorized_client",
])

/** The keys that the rows list. */
const keys: ReadonlySet<string> = new Set(
  rows.flatMap((row) => ("key" in row && row.key !== undefined ? [row.key] : [])),
)

/**
 * Returns the key of the row for a response: the code in the response, or the code of the cause that the message states. A
 * code that a dialect defines keeps the meaning from that dialect.
 */
export const keyOf = (dialect: Dialect | undefined, key: string | undefined, meaning: Meaning.Meaning | undefined) => {
  const isFixed = key !== undefined && keys.has(key) && !broad.has(key)
  return isFixed || dialect?.rows.some((row) => row.key === key) === true ? key : Meaning.keyOf(meaning, key)
}

/** Returns the rows of a dialect, followed by the rows of the table. */
export const rowsOf = (dialect: Dialect | undefined): ReadonlyArray<Row<Tag>> => {
  if (dialect === undefined) return rows
  const nameless = new Set(dialect.rows.flatMap((row) => (row.key === undefined ? [row.status] : [])))
  return [
    ...dialect.rows,
    ...rows.filter((row: Row) => row.key !== undefined || row.status === undefined || !nameless.has(row.status)),
  ]
}

/** Finds the row for a provider's response. Total. */
export const finderOf = (dialect: Dialect | undefined) =>
  ErrorRows.finder<Tag>({ system: "oauth", rows: rowsOf(dialect), unknown, statuses })
