/**
 * Patterns for messages from sign-in servers. These messages identify the cause when the error code covers many causes.
 *
 * Each pattern is matched against the beginning of a description and runs in linear time. The first matching pattern
 * determines the cause.
 */
import type { Name } from "./causes.ts"
import * as Phrases from "./phrases.ts"

/** The maximum number of characters to read from a description. */
const longest = 600

/**
 * Messages from Doorkeeper (GitLab) and fosite (Hydra) that repeat the RFC's definition of the code and do not identify a
 * cause.
 */
const definitions: ReadonlyArray<RegExp> = [
  /the provided (?:authorization|access) grant (?:\([^)]{0,120}\) )?(?:or refresh token )?is invalid, expired,? (?:or )?revoked(?:, does not match the redirection uri used in the authorization request, or was issued to another client)?/,
  /client authentication failed (?:due to|\(e\.g\.,) unknown client, no client authentication included, or unsupported authentication method/,
  /the request is missing a required parameter, includes an (?:invalid|unsupported) parameter value[^.]{0,120}or is otherwise malformed/,
  /the authenticated client is not authorized to use this authorization grant type/,
  /the authorization grant type is not supported by the authorization server/,
  /the requested scope is invalid, unknown,? or malformed/,
  /the resource owner or authorization server denied the request/,
]

/** Returns the text in lower case, without the parts that repeat a definition. */
export const specific = (text: string): string =>
  definitions.reduce((rest, definition) => rest.replace(definition, " "), text.slice(0, longest).toLowerCase())

type Sentence = readonly [pattern: RegExp, cause: Name]

/** Messages about OAuth 1.0a signatures and their inputs. */
const signedRequest =
  /could not authenticate you|bad authentication data|timestamp out of bounds|consumer[ _](?:key|secret)\b.{0,30}(?:invalid|unknown|missing|rejected|refused|not (?:valid|found))|\boauth_(?:signature|nonce|timestamp|consumer_key|problem)|provided signature does not match|^invalid (?:oauth )?signature|invalid oauth signature/

/** Messages from token and device endpoints. */
const ofEndpoint: ReadonlyArray<Sentence> = [
  [signedRequest, "signedRequest"],
  [/does not match authorization code\b.{0,40}expired|not found or (?:was )?already used|code was not issued to/, "codeRefused"],
  [/invalid token issuer/, "grantIssuer"],
  [/^https required|https is required|(?:must|only) (?:be |use |accepts? )?(?:over |via )?https\b/, "notHttps"],
  [/could not find resource for full path|unable to find matching target resource method|^cannot post \//, "noEndpoint"],
  [/\(authorizationserver\)/, "tenant"],
  [/not authori[sz]ed to request (?:the|this|these) scope/, "scope"],
  [/user credentials (?:were|are) (?:incorrect|invalid|wrong)|^bad credentials|invalid (?:user|login) credentials/, "userPassword"],
  [/value passed for the token was invalid/, "refreshRefused"],
  [/check the '(?:exp|iat|nbf)' claim|'(?:exp|iat|nbf)'(?: or '\w{3}')? claim/, "assertionClock"],
  [/check the '(?:iss|sub|aud|kid|jti)' claim|no_valid_keys|issuer_not_found/, "assertionRefused"],
  [/^user_not_found/, "accountClosed"],
  [/no valid data in session|^invalid code\b(?! verifier)|cannot decrypt the authorization code/, "codeRefused"],
  [/no matching federated identity record/, "federated"],
  // Assertions (RFC 7523): Google, Okta, Salesforce, Keycloak
  [/audience claim for client_assertion/, "clientAssertionRefused"],
  [/client[_ ]assertion.{0,80}(?:expir|time range|in the future|too far|lifetime|\biat\b|\bexp\b|\bnbf\b)/, "clientAssertionClock"],
  [/client[_ ]assertion.{0,80}(?:signature|audience|issuer|\baud\b|\biss\b|\bsub\b|key|invalid|match)/, "clientAssertionRefused"],
  [/(?:\bjwt\b|assertion).{0,100}(?:short-lived|timeframe|time range|expired|in the future|not yet valid|\biat\b|\bexp\b|\bnbf\b)|token validity expired/, "assertionClock"],
  [/(?:\bjwt\b|assertion).{0,80}(?:signature|audience|issuer|\baud\b|\biss\b|\bsub\b|\bkid\b|key|invalid|malformed|match)|invalid (?:jwt|assertion)|audience (?:is invalid|validation failed)/, "assertionRefused"],
  // DPoP (RFC 9449)
  [/dpop.{0,60}nonce|nonce.{0,60}dpop/, "proofNonce"],
  [/\bdpop\b/, "proof"],
  // PKCE (RFC 7636)
  [/code[ _]verifier|\bpkce\b|proof key for code exchange|code[ _]challenge/, "verifier"],
  // The person
  [/multi-?factor|second factor|\bmfa\b|two-?factor|\b2fa\b|strong authentication/, "secondFactor"],
  [/conditional access|policy evaluation failed|(?:blocked|denied|restricted|disallowed) by (?:[a-z']{1,12} ){0,3}(?:admin|organi[sz]ation|polic)|admin[_ ]policy|\bip restricted\b|invalid login hours/, "policy"],
  [/consent.{0,40}(?:required|needed|missing)|requires? .{0,30}consent|scopes requested are unauthorized|has(?:n't| not) (?:been )?(?:approved|consented|authorized) this|not (?:admin[- ])?approved to access/, "consent"],
  [/(?:offline user|user|client) session not found/, "refreshSession"],
  [/(?:user|account).{0,40}(?:disabled|locked|suspended|deactivated|inactive|deleted|is blocked|not fully set up|not found)|inactive user|account is disabled|invalid email or user id/, "accountClosed"],
  [/password.{0,40}(?:changed|reset|expired)/, "password"],
  [/(?:invalid|wrong|incorrect|bad) (?:user ?name|e-?mail|login|user)(?: or | and |\/| ).{0,12}(?:password|credentials)|^authentication failure|invalid_username_or_password/, "userPassword"],
  [/reauth|invalid_rapt|(?:log|sign) ?in again/, "signInAgain"],
  [/e-?mail.{0,40}(?:verif|confirm)|verify your e-?mail/, "email"],
  [/not assigned to|verification process|app is (?:currently )?being tested|test(?:er| user)s? (?:list|only)/, "notAssigned"],
  // Redirects and addresses
  [/redirect[ _]?ur[il]s?\b.{0,100}(?:match|mismatch|registered|invalid|identical|incorrect|wrong|not allowed|not valid)|(?:incorrect|invalid|mismatch\w{0,3}|bad|wrong|unregistered) "?(?:redirect[ _]?ur[il]|redirect\b)|callback ur[il].{0,20}(?:mismatch|not approved|not allowed|invalid)/, "redirect"],
  [/invalid platform app|error validating application/, "clientUnknown"],
  [/out-of-band|\boob\b.{0,40}(?:blocked|deprecated)/, "redirect"],
  [/can't load url|domain of this url isn't included|redirect ur[il] is not whitelisted|^invalid parameter: redirect_uri$/, "redirect"],
  [/not supported on this domain|tenant.{0,60}not found|realm.{0,20}(?:does not exist|not found)/, "tenant"],
  // Refresh tokens
  [/refresh[ _]?token.{0,80}(?:inactiv|not (?:been )?used)/, "refreshIdle"],
  [/refresh[ _]?token.{0,60}(?:already (?:been )?(?:used|redeemed|consumed|rotated|exchanged)|(?:was|been|is) used|re-?use)|stale token|refresh token reuse/, "refreshUsed"],
  [/refresh[ _]?token.{0,40}(?:malformed|not well.?formed)|malformed refresh/, "refreshMalformed"],
  [/refresh[ _]?token.{0,40}(?:invalid|unknown|expired|incorrect),? or (?:has )?(?:been )?(?:expired|revoked|invalid)|invalid grant parameter : refresh_token/, "refreshRefused"],
  [/token client and authorized client|refresh[ _]?token.{0,60}(?:another|different|other|not issued to|wrong|does not belong).{0,12}client/, "refreshOther"],
  [/(?:invalid|unknown|revoked)(?:,| or|, or| \/).{0,20}expired.{0,20}refresh|^token has been (?:expired|revoked)|expired access\/refresh/, "refreshRefused"],
  [/refresh[ _]?token.{0,40}revoked/, "refreshRevoked"],
  [/refresh[ _]?token.{0,40}expired|expired refresh|^token is not active/, "refreshExpired"],
  [/session (?:is )?not active|offline user session not found|user session not found|session.{0,20}(?:expired|ended|terminated)/, "refreshSession"],
  [/^invalid token!?$|(?:invalid|unknown)[ _]refresh[ _]?token|refresh[ _]?token.{0,30}(?:invalid|not found|not valid|unknown|not recogni)/, "refreshRefused"],
  // Device and authorization codes
  [/(?:invalid|unknown|expired)(?: or (?:expired|invalid))? device[ _]?code|device[ _]?code.{0,30}(?:invalid|not found|not valid|unknown|not recogni)/, "deviceCode"],
  [/(?:authorization|auth|verification)?[ _]?code.{0,30}(?:already|been) (?:been )?(?:used|redeemed|exchanged|consumed)/, "codeUsed"],
  [/(?:authorization|auth|verification)[ _]code.{0,60}(?:expired|revoked|invalid|not valid|not found|incorrect|unknown)|(?:invalid|malformed|unknown|expired) (?:authorization|auth|verification)[ _]code|^code not valid|code doesn't exist|the code passed is incorrect|invalid "code" in request|invalid grant parameter : code/, "codeRefused"],
  // Clients
  [/(?:public|client is public).{0,60}(?:secret|assertion)|secret.{0,40}public client|must not (?:send|present|include|provide|have).{0,20}(?:client[ _])?secret/, "clientPublic"],
  [/client[ _]?secret.{0,40}(?:missing|required|not provided|not received|must be|not specified)|(?:missing|no) client[ _]?(?:secret|credentials found)|secret_hash was not received|'client_secret'/, "secretMissing"],
  [/(?:client )?secret.{0,30}expired|expired.{0,12}(?:client )?secret/, "secretExpired"],
  [/client authentication method|auth(?:entication)?[ _]method.{0,60}(?:not|support|configured|registered)|client_secret_(?:basic|post)/, "clientMethod"],
  [/invalid client type|only for the 'single-page|single-page application/, "platform"],
  [/client[ _]?(?:id|key) (?:and\/or|and|or) (?:the )?(?:client[ _]?)?secret/, "secretWrong"],
  [/error validating client secret|(?:invalid|wrong|bad|incorrect) client[ _]?secret|client[ _]?secret.{0,60}(?:invalid|incorrect|wrong|match)|unable to verify secret hash/, "secretWrong"],
  [/client (?:was |is )?(?:deleted|disabled|suspended)|(?:app|application|client) (?:is|was|has been) (?:disabled|blocked|suspended|deactivated)/, "clientDisabled"],
  [/client (?:was |is )?not found|no such client|(?:client|application).{0,80}(?:does not exist|was not found|not found in)|client identifier invalid|(?:invalid|unknown) client[ _]?id\b|invalid value for 'client_id'|no client with|unknown client\b|^invalid client$|client(?: id)? .{0,40}not (?:registered|known)/, "clientUnknown"],
  [/unauthorized to retrieve access tokens using this method/, "delegation"],
  [/grant.{0,60}not (?:allowed|enabled|permitted|authori[sz]ed).{0,12}client|not (?:allowed|permitted|authori[sz]ed|enabled|supported) (?:for|to|by) (?:this|the) client|client (?:is )?not (?:allowed|permitted|enabled)|client is not authori[sz]ed to use|no client credentials user|client not (?:enabled|allowed)/, "grantNotAllowed"],
  // The requested grant, scope or response
  [/response[ _]type.{0,60}(?:not supported|unsupported|not allowed|invalid|missing|disabled)|unsupported response[ _]type/, "responseType"],
  [/service not (?:found|enabled)|client-grant|client is not authori[sz]ed to access|(?:audience|resource).{0,60}(?:not found|invalid|unknown|not exist|not allowed|not registered)|(?:invalid|unknown) (?:audience|resource)/, "audience"],
  [/(?:invalid|unknown|unsupported|malformed) (?:device flow )?scopes?\b|scopes?\b.{0,60}(?:invalid|not valid|not configured|unknown|not allowed|not granted|not supported)/, "scope"],
  [/\bgrant[ _]type\b.{0,30}(?:missing|required|not (?:provided|specified|found))|(?:missing|required|must contain|without).{0,60}\bgrant[ _]type\b|grant type (?:none|null)\b/, "noGrantType"],
  [/\bclient[ _]id\b.{0,30}(?:missing|required|not (?:provided|specified))|(?:missing|required|must contain|without|determine).{0,60}\bclient[ _]id\b/, "noClientId"],
  [/\bdevice[ _]code\b.{0,30}(?:missing|required|not (?:provided|specified))|(?:missing|required|must contain|without).{0,60}\bdevice[ _]code\b/, "noDeviceCode"],
  [/\brefresh[ _]token\b.{0,30}(?:missing|required|not (?:provided|specified))|(?:missing|required|must contain|without|no).{0,60}\brefresh[ _]token\b/, "noRefreshToken"],
  [/must contain the following parameter|missing (?:required |form )?parameter|required parameter.{0,40}missing|parameter\b.{0,30}(?:is missing|is required|must be (?:set|present|specified))|check the `\w{1,40}` parameter|post body can ?not be empty/, "noParameter"],
  [/unsupported grant|grant[ _]type.{0,40}(?:not supported|unsupported|invalid|unknown)|unknown grant/, "grantType"],
  [/too many (?:requests|attempts|calls)|rate limit|slow down|polling (?:too|faster)|too fast|too frequent/, "tooFast"],
] // prettier-ignore

/** Messages from a resource about an access token. */
const ofResource: ReadonlyArray<Sentence> = [
  [/(?:must specify|requires?|missing) (?:a )?(?:two-?factor|multi-?factor|one-?time)[ \w-]{0,30}(?:code|password|otp)/, "secondFactor"],
  [/claim \('(?:exp|iat|nbf)'\)|too far in the future/, "tokenClock"],
  [signedRequest, "signedRequest"],
  [/^login required|credentials were not provided|^not authenticated/, "noToken"],
  [/expected 3 parts in jwt|no suitable key/, "tokenMalformed"],
  [/dpop.{0,60}nonce|nonce.{0,60}dpop/, "proofNonce"],
  [/\bdpop\b/, "proof"],
  [/client[ -]id\b.{0,40}(?:missing|required|do not match|does not match|mismatch|invalid)|(?:missing|invalid) client[ -]id\b|api key is (?:required|invalid)/, "clientHeader"],
  [/(?:no|missing|without|not) (?:access |oauth |bearer )?token (?:was |is )?(?:found|provided|sent|present|given|supplied)?|(?:access |oauth )?token (?:is|was|cannot be) (?:missing|empty|not (?:provided|found|present))|not[_ ]authed|requires authentication|active access token must be used|full authentication is required|token required|missing authorization|authorization header.{0,20}(?:missing|required|not)/, "noToken"],
  [/audience|\baud\b claim|intended for (?:another|a different)/, "tokenAudience"],
  [/(?:retriev|fetch|load|obtain|download|resolv)\w{0,4} .{0,40}(?:\bjwks?\b|key ?set|signing keys?|configuration|metadata|discovery)/, "keysUnreachable"],
  [/\bissuer\b|\biss\b claim|authority.{0,20}(?:match|unknown)/, "tokenIssuer"],
  [/not (?:yet|before) valid|\bnbf\b|not valid (?:yet|before)|issued in the future|\biat\b.{0,40}future|used before/, "tokenNotYet"],
  [/signature|signing key|\bkid\b|\bjwks?\b.{0,40}(?:key|verif)|key.{0,20}not found|certificate/, "tokenSignature"],
  [/not accessible by (?:integration|personal access token)|authentication scopes|not contain scopes?|higher privileges|no permissions|neither (?:scp|scope).{0,40}roles?|no roles|missing scope|insufficient.{0,12}(?:scope|permission)|(?:scope|permission|role).{0,40}(?:missing|required|insufficient|not granted)|required scopes?/, "tokenScope"],
  [/revoked|session (?:is )?(?:not active|ended)|logged out|de-?authori[sz]ed/, "tokenRevoked"],
  [/expired|lifetime validation|no longer valid|token (?:is )?not active/, "tokenExpired"],
  [/malformed|compact ?token|no dots|idx1(?:4100|2741)|(?:three|3) segments|not a (?:valid )?(?:jwt|token)|(?:cannot|could not|unable to) (?:be )?(?:parsed?|decoded?)|only valid bearer|jwt (?:is not well formed|must be)|well formed/, "tokenMalformed"],
] // prettier-ignore

const first = (
  sentences: ReadonlyArray<Sentence>,
  phrase: (text: string) => Name | undefined,
  text: string,
): Name | undefined => {
  const words = specific(text)
  return words.trim() === "" ? undefined : (phrase(words) ?? sentences.find(([pattern]) => pattern.test(words))?.[1])
}

/**
 * Recognizes messages that name several possible causes. The error code sent with these messages corresponds to only one of
 * the causes, so the code is not reliable. Providers that send these messages: LinkedIn.
 */
export const several = (description: string): Name | undefined =>
  /redirect uri\/code verifier does not match authorization code/i.test(description.slice(0, longest))
    ? "codeRefused"
    : undefined

/** Returns the cause that a description from a token or device endpoint identifies. */
export const atEndpoint = (description: string): Name | undefined => first(ofEndpoint, Phrases.atEndpoint, description)

/** Returns the cause that a description from a resource identifies. */
export const atResource = (description: string): Name | undefined => first(ofResource, Phrases.atResource, description)
