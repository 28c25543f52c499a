/**
 * The error responses of sign-in servers by failed check, in the words of the RFCs.
 */
import type { Step } from "./steps.ts"

/** An error with its text. */
export interface Said {
  readonly status: number
  readonly error: string
  readonly description: string
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Errors by check. */
export type Words = Partial<Readonly<Record<Step, Said>>>

/** Makes an error. */
export const say = (
  status: number,
  error: string,
  description = "",
  more?: Readonly<Record<string, unknown>>,
): Said => ({
  status,
  error,
  description,
  ...(more === undefined ? {} : { more }),
})

/** Makes an error with a challenge in its header. */
export const challenged = (said: Said, challenge: string): Said => ({
  ...said,
  headers: { "WWW-Authenticate": challenge },
})

/** The errors of RFC 6749, 6750 and 8628. */
export const rfc: Readonly<Record<Step, Said>> = {
  method: say(405, "invalid_request", "method not allowed"),
  path: say(404, "not_found", "unrecognized route or not allowed method"),
  type: say(400, "invalid_request", "only application/x-www-form-urlencoded content-type bodies are supported"),
  twice: say(400, "invalid_request", "a parameter is given more than once"),
  grantTypeMissing: say(400, "invalid_request", "missing required parameter(s) (grant_type)"),
  grantTypeUnknown: say(400, "unsupported_grant_type", "unsupported grant_type requested"),
  clientMissing: say(400, "invalid_request", "no client authentication mechanism provided"),
  clientUnknown: say(401, "invalid_client", "client authentication failed"),
  secretWrong: say(401, "invalid_client", "client authentication failed"),
  twoProofs: say(400, "invalid_request", "client authentication must only be provided using one mechanism"),
  notAllowed: say(400, "unauthorized_client", "requested grant type is not allowed for this client"),
  codeMissing: say(400, "invalid_request", "missing required parameter(s) (device_code)"),
  refreshMissing: say(400, "invalid_request", "missing required parameter(s) (refresh_token)"),
  pending: say(
    400,
    "authorization_pending",
    "authorization request is still pending as the end-user hasn't yet completed the user interaction steps",
  ),
  slowDown: say(400, "slow_down", "you are polling too quickly and should back off at a reasonable rate"),
  codeExpired: say(400, "expired_token", "device code is expired"),
  declined: say(400, "access_denied", "End-User aborted interaction"),
  codeUnknown: say(400, "invalid_grant", "grant request is invalid"),
  refreshSpent: say(400, "invalid_grant", "grant request is invalid"),
  scope: say(400, "invalid_scope", "requested scope is not allowed", { scope: "everything" }),
  bearerMissing: challenged(say(401, "invalid_token", "no access token provided"), 'Bearer realm="api"'),
  bearerExpired: challenged(
    say(401, "invalid_token", "The access token expired"),
    'Bearer realm="api", error="invalid_token", error_description="The access token expired"',
  ),
  bearerScope: challenged(
    say(403, "insufficient_scope", "The request requires higher privileges than provided by the access token."),
    'Bearer realm="api", error="insufficient_scope", scope="reels.write"',
  ),
  failed: say(500, "server_error", "oops! something went wrong"),
  unavailable: say(503, "temporarily_unavailable", "the server is busy, try again later"),
  limited: { ...say(429, "too_many_requests", "too many requests"), headers: { "Retry-After": "5" } },
  revokeType: say(400, "unsupported_token_type", "revocation of the presented token type is not supported"),
  secondFactor: say(400, "interaction_required", "multi-factor authentication is required"),
  policy: say(400, "access_denied", "blocked by policy"),
  consent: say(400, "consent_required", "the user has not consented"),
  secretNotSent: say(401, "invalid_client", "client_secret is required"),
  secretNotWanted: say(401, "invalid_client", "public clients send no secret"),
  secretExpired: say(401, "invalid_client", "the client secret has expired"),
  refreshInactive: say(400, "invalid_grant", "the refresh token has expired due to inactivity"),
  audience: challenged(
    say(401, "invalid_token", "The token was issued for another audience"),
    'Bearer realm="api", error="invalid_token", error_description="The audience \'https://other.example\' is invalid"',
  ),
}
