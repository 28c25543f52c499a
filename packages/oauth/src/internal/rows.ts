/**
 * Which answer becomes which OAuth error, with which verdict, as plain data: what reads only verdicts loads no schemas.
 *
 * The words are those of RFC 6749, RFC 7009 and RFC 8628, of Frame.io's detailed payload, and of providers that chose
 * their own.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import type { Row } from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"

/** A person approves, signs in, or corrects the settings. */
const human = { change: "human" } as const

/** Only a person can help. */
const over = Verdict.never(human)

/** The server asks for fewer requests. */
const slower = Verdict.always({ pace: "throttled" })

/** A row for a name that the server gives an error, whatever the status; `status` is the documented one. */
const named = <const Class extends string>(
  class_: Class,
  key: string,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: class_, key, status, verdict, description })

/** A row for a status without such a name: our conclusion. */
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
    "Nobody has approved the code yet: poll again after the interval.",
  ),
  named("SlowDown", "slow_down", 400, slower, "Polling too fast: the interval grows by 5 s for good."),
  // Asking again would turn a clear answer into `invalid_grant`: servers say it one time only.
  named("AccessDenied", "access_denied", 400, over, "The person declined."),
  named(
    "ExpiredToken",
    "expired_token",
    400,
    over,
    "The device code has expired: request a new one when the person is ready.",
  ),
  // RFC 6749 section 5.2
  named(
    "InvalidRequest",
    "invalid_request",
    400,
    Verdict.once(),
    "The request is malformed; while refreshing, Frame.io means a spent refresh token.",
  ),
  named(
    "InvalidClient",
    "invalid_client",
    401,
    over,
    "The client id or secret is wrong. Frame.io sends it with status 400.",
  ),
  named(
    "InvalidGrant",
    "invalid_grant",
    400,
    over,
    "The device code or refresh token is unknown, used, expired, or another client's.",
  ),
  named(
    "UnauthorizedClient",
    "unauthorized_client",
    400,
    over,
    "This client may not use this grant. Frame.io sends it with status 401.",
  ),
  named(
    "UnsupportedGrantType",
    "unsupported_grant_type",
    400,
    over,
    "The server does not offer the device flow, or no refresh.",
  ),
  named("InvalidScope", "invalid_scope", 400, over, "The scope is unknown, malformed, or more than was granted."),
  // RFC 6749 section 4.1.2.1 and RFC 7009 section 2.2.1
  named("ServerError", "server_error", 500, Verdict.once(), "The server failed while it handled the request."),
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
  // Frame.io
  {
    ...named("UnauthorizedClient", "Not Authorized", 401, over, "The credentials are no longer valid (Frame.io)."),
    form: "detailed",
  },
  named(
    "InvalidClientVersion",
    "Invalid client version",
    400,
    over,
    "`x-client-version` is missing, doubled, or no semantic version (Frame.io).",
  ),
  // Words that other providers chose
  named(
    "InvalidGrant",
    "token_inactive",
    401,
    over,
    "A refresh token was used a second time (Ory Hydra, Frame.io's application flow).",
  ),
  named("InvalidGrant", "invalid_token", 401, over, "The token is expired, revoked, or malformed (RFC 6750)."),
  named("AccessDenied", "authorization_declined", 400, over, "The person declined (Microsoft)."),
  named("InvalidGrant", "bad_verification_code", 400, over, "The device code is not recognized (Microsoft, GitHub)."),
  named(
    "InvalidGrant",
    "incorrect_device_code",
    200,
    over,
    "The device code is not recognized (GitHub, with status 200).",
  ),
  named(
    "InvalidGrant",
    "bad_refresh_token",
    200,
    over,
    "The refresh token is expired or was used (GitHub, with status 200).",
  ),
  named(
    "InvalidClient",
    "incorrect_client_credentials",
    200,
    over,
    "The client id or secret is wrong (GitHub, with status 200).",
  ),
  named(
    "UnauthorizedClient",
    "device_flow_disabled",
    200,
    over,
    "The device flow is not switched on for this client (GitHub, with status 200).",
  ),
  // Statuses, for answers without a name
  nameless("UnauthorizedClient", 401, over, "The credentials were refused without a word."),
  nameless("NotFound", 404, Verdict.always(), "The endpoint was not found; a box on the way may have said so."),
  nameless("TemporarilyUnavailable", 408, Verdict.always(), "The server has waited too long for the request."),
  // Frame.io's guide states this one.
  { class: "SlowDown", status: 429, verdict: slower, description: "Too many requests." },
  nameless("ServerError", 500, Verdict.once(), "The server failed while it handled the request."),
  nameless("GatewayFailure", 502, Verdict.always(), "A gateway got no proper answer from the server."),
  nameless("TemporarilyUnavailable", 503, slower, "The server is overloaded or down for maintenance."),
  nameless("GatewayFailure", 504, Verdict.always(), "A gateway waited too long for the server."),
  { class: "UnknownOAuthError", verdict: Verdict.once(), description: "Everything else.", inferred: true },
] as const

/** The class of everything that no row matches. */
export const unknown = "UnknownOAuthError"

/** The row of an answer. Total. */
export const find = ErrorRows.finder({ system: "oauth", rows, unknown })
