/**
 * The vendors' error texts in place of those of the RFCs.
 */
import { challenged, say, type Said, type Words } from "./said.ts"

const aadsts = (status: number, error: string, number: number, text: string): Said =>
  say(status, error, `AADSTS${number}: ${text}`)

const required = (name: string): Said =>
  aadsts(400, "invalid_request", 900_144, `The request body must contain the following parameter: '${name}'.`)

const entra: Words = {
  pending: aadsts(
    400,
    "authorization_pending",
    70_016,
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
  ),
  codeExpired: aadsts(
    400,
    "expired_token",
    70_020,
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  ),
  declined: say(400, "authorization_declined", "The end user denied the authorization request."),
  codeUnknown: say(400, "bad_verification_code", "The device_code sent to the /token endpoint wasn't recognized."),
  refreshSpent: aadsts(
    400,
    "invalid_grant",
    70_000,
    "Provided grant is invalid or malformed. The refresh token is not valid.",
  ),
  clientUnknown: aadsts(
    400,
    "unauthorized_client",
    700_016,
    "Application with identifier '00000000-0000-0000-0000-000000000001' was not found in the directory 'Studio'.",
  ),
  secretWrong: aadsts(
    401,
    "invalid_client",
    7_000_215,
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
  ),
  grantTypeMissing: required("grant_type"),
  clientMissing: required("client_id"),
  codeMissing: required("device_code"),
  refreshMissing: required("refresh_token"),
  grantTypeUnknown: aadsts(400, "unsupported_grant_type", 70_003, "The app requested an unsupported grant type."),
  secondFactor: aadsts(
    400,
    "interaction_required",
    50_076,
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
  ),
  policy: aadsts(
    400,
    "access_denied",
    53_003,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
  ),
  consent: aadsts(
    400,
    "invalid_grant",
    65_001,
    "The user or administrator has not consented to use the application with ID '00000000-0000-0000-0000-000000000001'. Send an interactive authorization request for this user and resource.",
  ),
  secretNotSent: aadsts(
    401,
    "invalid_client",
    7_000_218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ),
  secretNotWanted: aadsts(
    401,
    "invalid_client",
    700_025,
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ),
  secretExpired: aadsts(
    401,
    "invalid_client",
    7_000_222,
    "The provided client secret keys for app '00000000-0000-0000-0000-000000000001' are expired.",
  ),
  refreshInactive: aadsts(
    400,
    "invalid_grant",
    700_082,
    "The refresh token has expired due to inactivity. The token was issued on 2026-06-01T10:00:00.0000000Z and was inactive for 90.00:00:00.",
  ),
  scope: aadsts(400, "invalid_scope", 70_011, "The provided value for the input parameter 'scope' is not valid."),
}

const google: Words = {
  pending: say(428, "authorization_pending", "Precondition Required"),
  slowDown: say(403, "slow_down", "Forbidden"),
  declined: say(403, "access_denied", "Forbidden"),
  codeUnknown: say(400, "invalid_grant", "Malformed auth code."),
  refreshSpent: say(400, "invalid_grant", "Token has been expired or revoked."),
  clientUnknown: say(401, "invalid_client", "The OAuth client was not found."),
  secretWrong: say(401, "invalid_client", "Unauthorized"),
  grantTypeUnknown: say(400, "unsupported_grant_type", "Invalid grant_type: "),
  grantTypeMissing: say(400, "invalid_request", "Required parameter is missing: grant_type"),
  clientMissing: say(400, "invalid_request", "Could not determine client ID from request."),
  refreshMissing: say(400, "invalid_request", "Missing required parameter: refresh_token"),
  bearerExpired: challenged(
    say(401, "invalid_token", "Invalid Credentials"),
    'Bearer realm="https://accounts.google.com/", error="invalid_token"',
  ),
  bearerScope: challenged(
    say(403, "insufficient_scope", "Request had insufficient authentication scopes."),
    'Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="https://www.googleapis.com/auth/drive"',
  ),
}

const github: Words = {
  pending: say(200, "authorization_pending", "The authorization request is still pending."),
  slowDown: say(200, "slow_down", "Too many requests have been made in the same timeframe.", { interval: 10 }),
  codeExpired: say(200, "expired_token", "This 'device_code' has expired."),
  declined: say(200, "access_denied", "The authorization request was denied."),
  codeUnknown: say(200, "incorrect_device_code", "The device_code provided is not valid."),
  refreshSpent: say(200, "bad_refresh_token", "The refresh token passed is incorrect or expired."),
  secretWrong: say(200, "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."),
  grantTypeUnknown: say(200, "unsupported_grant_type", "The grant type must be supported by the application."),
  notAllowed: say(200, "device_flow_disabled", "Device Flow must be explicitly enabled for this App"),
  bearerMissing: say(401, "", "Requires authentication"),
  bearerExpired: say(401, "", "Bad credentials"),
  bearerScope: say(403, "", "Resource not accessible by integration"),
}

const invalidGrant =
  "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."
const clientFailed =
  "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."

const gitlab: Words = {
  refreshSpent: say(400, "invalid_grant", invalidGrant),
  codeUnknown: say(400, "invalid_grant", invalidGrant),
  clientUnknown: say(401, "invalid_client", clientFailed),
  secretWrong: say(401, "invalid_client", clientFailed),
  bearerMissing: say(401, "", "401 Unauthorized"),
  bearerExpired: say(401, "invalid_token", "Token was revoked. You have to re-authorize from the user."),
}

const slack: Words = {
  refreshSpent: say(200, "invalid_refresh_token"),
  secretWrong: say(200, "bad_client_secret"),
  clientUnknown: say(200, "invalid_client_id"),
  grantTypeUnknown: say(200, "invalid_grant_type"),
  bearerMissing: say(200, "not_authed"),
  bearerExpired: say(200, "token_expired"),
  bearerScope: say(200, "missing_scope", "", { needed: "channels:read", provided: "chat:write" }),
  failed: say(200, "internal_error"),
  unavailable: say(200, "service_unavailable"),
  limited: { ...say(429, "ratelimited"), headers: { "Retry-After": "30" } },
}

const okta: Words = {
  pending: say(400, "authorization_pending", "The device authorization is pending. Please try again later."),
  codeExpired: say(400, "expired_token", "The device code has expired."),
  refreshSpent: say(400, "invalid_grant", "The refresh token is invalid or expired."),
  clientUnknown: say(401, "invalid_client", "Invalid value for 'client_id' parameter."),
  secretWrong: say(401, "invalid_client", "The client secret supplied for a confidential client is invalid."),
  limited: {
    ...say(429, "E0000047", "API call exceeded rate limit due to too many requests."),
    headers: { "X-Rate-Limit-Remaining": "0" },
  },
}

const auth0: Words = {
  pending: say(403, "authorization_pending", "User has yet to authorize device code."),
  slowDown: say(429, "slow_down", "You are polling faster than the specified interval of 5 seconds."),
  codeExpired: say(403, "expired_token", "The device code has expired."),
  declined: say(403, "access_denied", "The end-user denied the authorization request."),
  codeUnknown: say(403, "invalid_grant", "Invalid or expired device code."),
  refreshSpent: say(403, "invalid_grant", "Unknown or invalid refresh token."),
  secretWrong: say(401, "access_denied", "Unauthorized"),
  clientUnknown: say(403, "unauthorized_client", "Unknown client: abc"),
  notAllowed: say(
    403,
    "unauthorized_client",
    "Grant type 'urn:ietf:params:oauth:grant-type:device_code' not allowed for the client.",
  ),
  limited: {
    ...say(429, "too_many_requests", "Global limit has been reached"),
    headers: { "x-ratelimit-remaining": "0" },
  },
}

const keycloak: Words = {
  pending: say(400, "authorization_pending", "The authorization request is still pending"),
  slowDown: say(400, "slow_down", "Slow down"),
  codeExpired: say(400, "expired_token", "Device code is expired"),
  declined: say(400, "access_denied", "The end user denied the authorization request"),
  codeUnknown: say(400, "invalid_grant", "Device code not valid"),
  refreshSpent: say(400, "invalid_grant", "Token is not active"),
  clientUnknown: say(401, "invalid_client", "Invalid client or Invalid client credentials"),
  secretWrong: say(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
  grantTypeMissing: say(400, "invalid_request", "Missing form parameter: grant_type"),
  grantTypeUnknown: say(400, "unsupported_grant_type", "Unsupported grant_type"),
  refreshMissing: say(400, "invalid_request", "No refresh token"),
  notAllowed: say(
    400,
    "unauthorized_client",
    "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.",
  ),
}

const twitch: Words = {
  pending: say(400, "", "authorization_pending"),
  codeUnknown: say(400, "", "invalid device code"),
  refreshSpent: say(400, "", "Invalid refresh token"),
  clientUnknown: say(400, "", "invalid client"),
  secretWrong: say(403, "", "invalid client secret"),
  clientMissing: say(400, "", "missing client id"),
  grantTypeMissing: say(400, "", "missing grant type"),
  refreshMissing: say(400, "", "missing refresh token"),
  bearerMissing: say(401, "", "OAuth token is missing"),
  bearerExpired: say(401, "", "Invalid OAuth token"),
  limited: say(429, "", "too many requests"),
}

const trakt: Words = {
  pending: say(400, ""),
  codeUnknown: say(404, ""),
  codeExpired: say(410, ""),
  declined: say(418, ""),
  slowDown: say(429, ""),
  refreshSpent: say(401, "invalid_grant", invalidGrant),
  clientUnknown: say(401, "invalid_client", clientFailed),
  secretWrong: say(401, "invalid_client", clientFailed),
  bearerMissing: say(401, ""),
  bearerExpired: say(401, ""),
}

const facebook: Words = {
  pending: say(400, "", "User has not yet authorized your application. Continue polling.", {
    code: 31,
    error_subcode: 1_349_174,
  }),
  slowDown: say(400, "", "User request limit reached. Your application is polling too frequently.", {
    code: 17,
    error_subcode: 1_349_172,
  }),
  codeExpired: say(400, "", "The device code has expired. Cancel the device login flow.", {
    code: 463,
    error_subcode: 1_349_152,
  }),
  bearerExpired: say(400, "", "Error validating access token: Session has expired on Sunday, 29-Nov-26 03:00:00 PST.", {
    code: 190,
    error_subcode: 463,
  }),
  bearerMissing: say(400, "", "An active access token must be used to query information about the current user.", {
    code: 2500,
  }),
  limited: say(403, "", "(#4) Application request limit reached", { code: 4 }),
  failed: say(500, "", "An unknown error has occurred.", { code: 1 }),
}

const adobe: Words = {
  secretWrong: say(400, "invalid_client", "invalid client_secret parameter"),
  clientUnknown: say(400, "invalid_client", "invalid client_id parameter"),
  refreshSpent: say(400, "invalid_grant", "refresh token has expired"),
}

export const words = { adobe, auth0, entra, facebook, github, gitlab, google, keycloak, okta, slack, trakt, twitch }
