/**
 * Messages from client libraries that reject the response to their own sign-in request because of the response's state, the
 * ID token, or the issuer's metadata. No server sent them.
 *
 * Each pattern is applied to a single line and runs in linear time. The first matching pattern determines the cause.
 */
import type { Name } from "./causes.ts"

/** The maximum number of characters to read from a line. */
const longest = 600

const patterns: ReadonlyArray<readonly [pattern: RegExp, cause: Name]> = [
  // oauthlib, Authlib, openid-client, Auth.js, MSAL, Spring, ASP.NET Core, OmniAuth, Socialite, Passport, oidc-client
  [/mismatching_state|state not equal in request|\bstate mismatch|state_mismatch|\bstates? (?:do|does) not match|`state` does not match/i, "state"],
  [/checks\.state argument|state missing from the response|(?:state|pkce|nonce|code_verifier)\b.{0,20} cookie was missing|pkcecodeverifier value could not be parsed/i, "state"],
  [/\bcorrelation failed|oauth state was missing or invalid|unable to unprotect the message\.state|authorization_request_not_found/i, "state"],
  [/invalidstateexception|csrf_detected|unable to verify authorization request state|failed to verify request state|no matching state found|authstate(?:missing|forbidden)|session value state missing|state could not be found in server-side session/i, "state"],
  [/(?:expired|missing|invalid|unknown|unexpected) (?:or \w{1,12} )?(?:oauth |"?)state\b|because "(?:invalid state|csrf detected)|"state" (?:response parameter|missing)|response parameter "state"/i, "state"],
  [/^(?:\w{1,40}: )?invalid (?:oauth )?state(?: parameter)?\W{0,3}$|hash_empty_error/i, "state"],
  // mod_auth_openidc, oauth2-proxy, lua-resty-openidc, Vouch, Grafana, Keycloak
  [/no "\w{1,80}" state cookie found|unable to restore state|invalid authorization response state|oidcredirecturi does not match the url scheme/i, "state"],
  [/unable too? (?:obtain csrf cookie|find a valid csrf token)|error (?:while )?(?:loading|validating) csrf cookie|csrf token mismatch, potential attack/i, "state"],
  [/there's no session state found|does not match state restored from session|invalid session state: stored|missing saved state|\bcookie_not_found\b|cookie not found\. please make sure cookies are enabled/i, "state"],
  // The window of the sign-in: MSAL, Google Identity Services, Auth0, Firebase
  [/popup[_ -]window[_ -]error|empty_window_error|popup[_-](?:failed_to_open|blocked)|auth\/(?:popup-blocked|operation-not-supported)/i, "windowBlocked"],
  [/\binteraction_in_progress|interaction is currently in progress|block_(?:iframe_reload|nested_popups)|redirect_in_iframe|auth\/cancelled-popup-request/i, "windowBusy"],
  [/popup[_ -]closed|user_cancelled: user cancelled the flow|auth\/user-cancelled/i, "windowClosed"],
  [/monitor_(?:window|popup)_timeout|acquisition in iframe failed|oauth flow timed out|iframe_closed_prematurely/i, "windowSilent"],
  [/csrf cookie|csrf token mismatch, potential|did not find expected authorization request details in session|state cannot be determined|state parameter is different from|missing saved (?:oauth )?state|mod_auth_openidc_state|restart login cookie not found|\bInvalidCheck\b/i, "state"],
  [/no account or login hint was passed|\bno_account_error\b|\bIDW1050[12]\b|\bno_tokens_found\b|InteractionRequiredAuthError|MsalUiRequired/i, "signInAgain"],
  [/InsecureTransportError|\binsecure_transport\b|OAuth 2 MUST utilize https|only requests to HTTPS are allowed/i, "notHttps"],
  [/scope has changed from/i, "scopeChanged"],
  [/\bmissing_token\b|missing access token parameter|tokenValue cannot be empty|server response missing access_token|id_token not present in TokenSet|did not contain an? (?:access|id)[_ ]token/i, "noTokens"],
  [/invalid_nonce|\bnonce (?:mismatch|does not match|was null)|invalidnonceexception|unexpected (?:id token )?"nonce" |IDX213(?:2[0-9])/i, "idNonce"],
  // Requirements of MCP clients for a server, and of PyPI for a publisher
  [/does not support dynamic client registration/i, "noRegistration"],
  [/`?invalid-publisher`?: valid token, but no corresponding publisher/i, "federated"],
  // Credentials of a program: azure-identity, Azure CLI, gcloud
  [/defaultazurecredential failed to retrieve|credentialunavailable|(?:managedidentity|environment|azurecli|workloadidentity|chainedtoken)credential authentication (?:unavailable|failed)|please run 'az login'|default credentials (?:were|was) not found|could not (?:automatically determine|load the default) credentials|could not find default credentials|no accounts? (?:was|were) found in the cache/i, "noCredentials"],
  [/no account or login hint was passed|no_tokens_found|no_account_error|missing refresh token \(audience|reauthentication (?:failed|is needed|required)|cannot prompt during non-interactive execution/i, "signInAgain"],
  // The metadata of the issuer
  [/unable to (?:obtain configuration from|retrieve document from|resolve (?:the )?configuration)|get keys failed|endpoints_resolution_error|openid_config_error|oidc server is not available|retrieved discovery document failed|failed to lazily resolve the supplied jwtdecoder|IDX2080[347]|couldn't retrieve remote jwk set|(?:fetch|retriev|load|get)\w{0,4} .{0,20}(?:jwks|key set|openid-configuration|provider metadata)/i, "keysUnreachable"],
  [/issuer did not match the issuer returned|id token issued by a different provider|did not match the requested issuer|unexpected issuer uri|issuer.{0,40}(?:does not|doesn't|did not) match.{0,20}(?:issuer|discovery|configured)/i, "idIssuer"],
  [/unexpected (?:jwt )?"?iss"? (?:\(issuer\) )?(?:response parameter )?(?:value|claim)|"issuer" property does not match|jwt issuer (?:invalid|rejected)|invalidissuer|unexpected jwt issuer|invalid claim "iss"|issuer \(iss\) claim mismatch|IDX10205|IDX40001|token has invalid issuer|\binvalid token issuer/i, "idIssuer"],
  [/issuer validation failed|token issuer not allowed|issuer \(iss\) claim value .{0,200}doesn't match|does not match received "iss"|\bthe iss claim is not valid|^jwt issuer is not configured|the issuer \[[^\]]{1,200}\] does not match \[/i, "idIssuer"],
  [/\baud mismatch|unexpected (?:jwt )?"?aud"? (?:\(audience\) )?(?:value|claim)|expected audience "|jwt audience (?:invalid|rejected)|invalidaud|invalid claim "aud"|audience \(aud\) claim mismatch|IDX10214|token has (?:wrong|invalid) audience|wrong recipient, payload audience|jwtclaimserror: invalid audience/i, "idAudience"],
  [/audience claim found in jwt but no audiences|(?:aud|audience) claim does not match any bound|audience \(aud\) claim .{0,200}doesn't contain|array of values for "aud" claim|\bthe aud claim is not valid/i, "idAudience"],
  [/id_token issued in the future|jwtexpired|jwt expired|expired jwt|jwt not active|expiredsignature|signature has expired|immaturesignature|token used too (?:early|late)|oidc: token is expired|before the nbf|expiration time \(exp\) claim error|IDX10222|IDX10223|tokennotactiveexception|expiredexception|beforevalidexception|cannot handle token prior to/i, "idTime"],
  [/service account token has expired|token cannot be accepted yet|token is not yet valid \(|\bthe jwt is no longer valid|"(?:iat|exp)" validation failure|\bjwt is not yet valid/i, "idTime"],
  [/\bpublic key not set|unknown signing key|verify oidc token with fresh keys|jwt rejected due to invalid signature|unable to find a suitable verification key|jwt signature verification failed/i, "idSignature"],
  [/unexpected jwt alg|unsupported algorithm, expected|failed to verify (?:id token )?signature|jwssignatureverificationfailed|no applicable key found in the json web key set|signing key that matches|signingkeynotfound|another algorithm expected, or no matching key|jwt rejected: invalid signature|jsonwebtokenerror: invalid signature|missing_signature_verifier|IDX1050[0-9]|IDX10511|signatureinvalid|invalid token signature|jwt::verificationerror|signature verification raised|error in cryptographic primitive|"kid" (?:empty|invalid), unable to lookup|^(?:\w{1,40}: )?signature is invalid$/i, "idSignature"],
  [/malformed jwt|jwt malformed|invalid compact jws|not enough segments|invalid number of segments|wrong number of segments|IDX1274[01]|IDX14100|claim must be .{0,30} present in the id token/i, "idMalformed"],
  [/does not match (?:any )?(?:associated )?bound (?:claim|subject)|oidc: parse username claims|oidc: email not verified|\bclaim (?:is )?(?:not present|missing)|missing (?:the )?(?:required )?claim|(?:required|expected) claim .{0,60}(?:missing|not (?:present|found))|missingrequiredclaim/i, "idClaims"],
] // prettier-ignore

/** Returns the cause that a client library's message identifies. */
export const causeOf = (line: string): Name | undefined => {
  const text = line.slice(0, longest)
  return patterns.find(([pattern]) => pattern.test(text))?.[1]
}
