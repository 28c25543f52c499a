/**
 * Error codes whose meaning does not depend on the message. Most of these codes are specific to one provider.
 *
 * OAuth's own codes that cover many causes (`invalid_grant`, `access_denied`) are not listed here.
 */
import type { Name } from "./causes.ts"

const github =
  "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"
const githubDevice = "https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow"
const slack = "https://docs.slack.dev/reference/methods/oauth.v2.access"
const google = "https://developers.google.com/identity/protocols/oauth2/web-server#exchange-errors-invalid-grant"
const googleDevice = "https://developers.google.com/identity/protocols/oauth2/limited-input-device"
const oidc = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError"
const salesforce = "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm"
const auth0 = "https://auth0.com/docs/api/authentication"
const okta = "https://developer.okta.com/docs/reference/error-codes/"
const twitch = "https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/"
const dropbox = "https://developers.dropbox.com/error-handling-guide"
const cognito =
  "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html#API_InitiateAuth_Errors"
const hubspot =
  "https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/create-oauth-token"
const zoho = "https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token.html"
const xero = "https://developer.xero.com/documentation/guides/oauth2/troubleshooting"
const supabase = "https://supabase.com/docs/guides/auth/debugging/error-codes"
const linkedin = "https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow"
const strava = "https://developers.strava.com/docs/reference/#api-models-Fault"
const adobe = "https://developer.adobe.com/developer-console/docs/guides/authentication/"
/** The specification of the OAuth 1.0a extension that servers use to report problems. */
const problems = "https://oauth.pbworks.com/w/page/12238543/ProblemReporting"
const rfc = (number: number, section: string) => `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`

/** An error code, its cause, and the URL of its documentation. */
type Entry = readonly [code: string, cause: Name, source: string]

const entries: ReadonlyArray<Entry> = [
  ["authorization_pending", "pending", rfc(8628, "3.5")],
  ["slow_down", "tooFast", rfc(8628, "3.5")],
  ["expired_token", "codeExpired", rfc(8628, "3.5")],
  ["code_expired", "codeExpired", rfc(8628, "3.5")],
  ["authorization_declined", "declined", "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code"],
  ["invalid_target", "audience", rfc(8707, "2")],
  ["unsupported_response_type", "responseType", rfc(6749, "4.1.2.1")],
  // Codes of client libraries for a response that does not belong to their own sign-in
  ["mismatching_state", "state", rfc(6749, "10.12")],
  ["state_mismatch", "state", rfc(6749, "10.12")],
  ["csrf_detected", "state", rfc(6749, "10.12")],
  ["authorization_request_not_found", "state", rfc(6749, "10.12")],
  ["invalid_nonce", "idNonce", "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"],
  ["invalid_id_token", "idRefused", "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"],
  ["invalid_resource", "audience", "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"],
  ["invalid_dpop_proof", "proof", rfc(9449, "5")],
  ["use_dpop_nonce", "proofNonce", rfc(9449, "8")],
  ["login_required", "signInAgain", oidc],
  ["account_selection_required", "signInAgain", oidc],
  ["reauthenticate", "signInAgain", "https://developer.adobe.com/developer-console/docs/guides/authentication/"],
  ["consent_required", "consent", oidc],
  ["mfa_required", "secondFactor", `${auth0}#multi-factor-authentication`],
  ["too_many_requests", "tooFast", auth0],
  ["too_many_attempts", "tooFast", auth0],
  // GitHub
  ["redirect_uri_mismatch", "redirect", github],
  ["unverified_user_email", "email", github],
  ["bad_client_secret", "secretWrong", github],
  [
    "application_suspended",
    "clientDisabled",
    "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors",
  ],
  ["internal_error", "serverError", github],
  ["bad_refresh_token", "refreshRefused", github],
  ["incorrect_device_code", "deviceCode", githubDevice],
  ["device_flow_disabled", "flowDisabled", githubDevice],
  // Slack
  ["bad_redirect_uri", "redirect", slack],
  ["invalid_redirect_uri", "redirect", slack],
  ["invalid_client_id", "clientUnknown", slack],
  ["code_already_used", "codeUsed", slack],
  ["invalid_code", "codeRefused", slack],
  ["invalid_code_verifier", "verifier", slack],
  ["bad_code_verifier", "verifier", slack],
  ["invalid_refresh_token", "refreshRefused", slack],
  ["invalid_grant_type", "grantType", slack],
  ["invalid_scopes", "scope", slack],
  ["no_scopes", "scope", slack],
  ["oauth_authorization_url_mismatch", "codeRefused", slack],
  ["account_inactive", "accountClosed", slack],
  ["user_disabled", "accountClosed", slack],
  ["two_factor_setup_required", "secondFactor", slack],
  ["org_login_required", "policy", slack],
  ["ekm_access_denied", "policy", slack],
  ["accesslimited", "policy", slack],
  ["team_access_not_granted", "consent", slack],
  ["not_authed", "noToken", slack],
  ["token_expired", "tokenExpired", slack],
  ["token_revoked", "tokenRevoked", slack],
  ["invalid_auth", "tokenMalformed", slack],
  ["missing_scope", "tokenScope", slack],
  ["ratelimited", "tooFast", slack],
  ["rate_limited", "tooFast", slack],
  ["fatal_error", "serverError", slack],
  ["service_unavailable", "unavailable", slack],
  // Google
  ["rate_limit_exceeded", "tooFast", googleDevice],
  ["admin_policy_enforced", "policy", google],
  ["disallowed_useragent", "embedded", google],
  [
    "authError",
    "tokenRefused",
    "https://developers.google.com/workspace/drive/api/guides/handle-errors#resolve_a_401_error_invalid_credentials",
  ],
  ["org_internal", "policy", google],
  ["deleted_client", "clientDisabled", google],
  ["disabled_client", "clientDisabled", google],
  ["invalid_rapt", "signInAgain", "https://support.google.com/a/answer/9368756"],
  ["rapt_required", "signInAgain", "https://support.google.com/a/answer/9368756"],
  // Salesforce
  ["inactive_user", "accountClosed", salesforce],
  ["inactive_org", "accountClosed", salesforce],
  ["invalid_app_access", "consent", salesforce],
  ["oauth_app_blocked", "policy", salesforce],
  ["oauth_app_access_denied", "consent", salesforce],
  ["oauth_ec_app_not_found", "clientUnknown", salesforce],
  // Okta's own API
  ["E0000011", "tokenExpired", okta],
  ["E0000047", "tooFast", okta],
  // Twitch, Dropbox
  ["invalid device code", "deviceCode", twitch],
  ["Invalid refresh token", "refreshRefused", twitch],
  ["expired_access_token", "tokenExpired", dropbox],
  ["invalid_access_token", "tokenMalformed", dropbox],
  ["user_suspended", "accountClosed", dropbox],
  // Amazon Cognito
  ["UserNotConfirmedException", "email", cognito],
  ["PasswordResetRequiredException", "password", cognito],
  ["UserNotFoundException", "userPassword", cognito],
  ["TooManyRequestsException", "tooFast", cognito],
  ["InternalErrorException", "serverError", cognito],
  [
    "redirect_mismatch",
    "redirect",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html",
  ],
  // HubSpot
  ["BAD_REFRESH_TOKEN", "refreshRefused", hubspot],
  ["BAD_AUTH_CODE", "codeRefused", hubspot],
  ["BAD_REDIRECT_URI", "redirect", hubspot],
  ["BAD_CLIENT_ID", "clientUnknown", hubspot],
  ["BAD_CLIENT_SECRET", "secretWrong", hubspot],
  ["EXPIRED_AUTHENTICATION", "tokenExpired", hubspot],
  ["MISSING_SCOPES", "tokenScope", hubspot],
  // Zoho
  ["invalid_client_secret", "secretWrong", zoho],
  ["OAUTH_SCOPE_MISMATCH", "tokenScope", zoho],
  // LinkedIn
  ["REVOKED_ACCESS_TOKEN", "tokenRevoked", linkedin],
  // Xero
  ["AuthenticationUnsuccessful", "clientHeader", xero],
  // Strava: resource, field and code of its faults
  ["RefreshToken refresh_token invalid", "refreshRefused", strava],
  ["AuthorizationCode code invalid", "codeRefused", strava],
  ["AuthorizationCode invalid", "codeRefused", strava],
  ["Application client_id invalid", "clientUnknown", strava],
  ["Application client_secret invalid", "secretWrong", strava],
  ["Application invalid", "secretWrong", strava],
  ["Application redirect_uri invalid", "redirect", strava],
  ["Authorize redirect_uri invalid", "redirect", strava],
  ["Authorize scope invalid", "scope", strava],
  ["Authorize client_id invalid", "clientUnknown", strava],
  ["Athlete access_token invalid", "tokenExpired", strava],
  ["AccessToken permission missing", "tokenScope", strava],
  // Supabase
  ["refresh_token_not_found", "refreshRefused", supabase],
  ["refresh_token_already_used", "refreshUsed", supabase],
  ["session_not_found", "refreshSession", supabase],
  ["session_expired", "refreshSession", supabase],
  ["invalid_credentials", "userPassword", supabase],
  ["email_not_confirmed", "email", supabase],
  // Shopify
  ["application_cannot_be_found", "clientUnknown", "https://shopify.dev/docs/apps/build/authentication-authorization"],
  ["PGRST301", "tokenMalformed", "https://docs.postgrest.org/en/stable/references/errors.html#group-3-jwt-errors"],
  ["PGRST302", "noToken", "https://docs.postgrest.org/en/stable/references/errors.html#group-3-jwt-errors"],
  // LinkedIn
  ["unauthorized_scope_error", "scope", linkedin],
  ["openid_insufficient_scope_error", "scope", linkedin],
  // Adobe's gateway
  ["401013", "tokenExpired", adobe],
  ["401010", "noToken", adobe],
  // OAuth 1.0a
  ["signature_invalid", "signedRequest", problems],
  ["signature_method_rejected", "signedRequest", problems],
  ["timestamp_refused", "signedRequest", problems],
  ["nonce_used", "signedRequest", problems],
  ["consumer_key_unknown", "signedRequest", problems],
  ["consumer_key_rejected", "signedRequest", problems],
  ["consumer_key_refused", "signedRequest", problems],
  ["token_rejected", "signedRequest", problems],
  ["verifier_invalid", "signedRequest", problems],
  ["permission_denied", "tokenScope", problems],
  [
    "woocommerce_rest_authentication_error",
    "signedRequest",
    "https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http",
  ],
  // Ory Hydra
  ["token_inactive", "refreshRefused", "https://www.ory.com/docs/oauth2-oidc/refresh-token-grant"],
]

/**
 * Maps each source to the providers that the source documents. Other providers may use the same code with a different
 * meaning.
 */
const owners: ReadonlyMap<string, string> = new Map([
  [github, "GitHub, Google"],
  [githubDevice, "GitHub"],
  [slack, "Slack"],
  [google, "Google"],
  [googleDevice, "Google"],
  [salesforce, "Salesforce"],
  [auth0, "Auth0"],
  [okta, "Okta"],
  [twitch, "Twitch"],
  [dropbox, "Dropbox"],
  [cognito, "Amazon Cognito"],
  [hubspot, "HubSpot"],
  [zoho, "Zoho"],
  [linkedin, "LinkedIn"],
  [strava, "Strava"],
  [supabase, "Supabase"],
  [xero, "Xero"],
])

/** `Invalid Refresh Token` and `invalid_refresh_token` are treated as the same code. */
const fold = (code: string): string => code.replaceAll(/[\s_-]/g, "").toLowerCase()

const byCode: ReadonlyMap<string, Entry> = new Map(entries.map((entry) => [fold(entry[0]), entry]))

/** The error codes, as the providers write them. */
export const listed: ReadonlyArray<string> = entries.map(([code]) => code)

/** Returns the cause of an error code, together with the source that documents the code. */
export const find = (
  code: string,
): { readonly cause: Name; readonly source: string; readonly owner?: string } | undefined => {
  const entry = code.length > 64 ? undefined : byCode.get(fold(code))
  if (entry === undefined) return undefined
  const owner = owners.get(entry[2])
  return { cause: entry[1], source: entry[2], ...(owner === undefined ? {} : { owner }) }
}
