/**
 * Sentences that single servers write word for word, with their causes: from the sources and the documentation of the servers.
 *
 * They are looked for before the patterns of `sentences.ts`, which fit the words of many servers.
 */
import type { Name } from "./causes.ts"

type Phrase = readonly [words: string, cause: Name]

/** The phrases of a server, in lower case, and where it has them. */
interface Server {
  readonly source: string
  readonly endpoint?: ReadonlyArray<Phrase>
  readonly resource?: ReadonlyArray<Phrase>
}

const servers: ReadonlyArray<Server> = [
  {
    source: "https://github.com/keycloak/keycloak/tree/main/services/src/main/java/org/keycloak/protocol/oidc",
    endpoint: [
      ["account is not fully set up", "accountIncomplete"],
      ["invalid parameter: redirect_uri", "redirect"],
      ["token audience doesn't match domain", "clientAssertionRefused"],
      ["issuer mismatch. the issuer should match the subject", "clientAssertionRefused"],
      ["code is expired", "codeRefused"],
      ["session doesn't have required client", "refreshSession"],
      ["issued before the client session started", "refreshSession"],
      ["issued before the user session started", "refreshSession"],
      ["maximum allowed refresh token reuse exceeded", "refreshUsed"],
      ["bearer-only not allowed", "grantNotAllowed"],
      ["signature on jwt token failed validation", "clientAssertionRefused"],
      ["unable to load public key", "clientAssertionRefused"],
      ["token reuse detected", "clientAssertionRefused"],
      ["client is not within the token audience", "audience"],
      ["requested audience not available", "audience"],
      ["invalid authentication method for the client", "clientMethod"],
    ],
    resource: [
      ["user session not found or doesn't have client attached", "tokenRevoked"],
      ["token not provided", "noToken"],
    ],
  },
  {
    source: "https://github.com/ory/fosite/blob/master/errors.go",
    endpoint: [
      ["hashedpassword is not the hash of the given password", "secretWrong"],
      ["client id from this request does not match the one from the authorize request", "codeRefused"],
      ["has not been whitelisted by the oauth 2.0 client", "audience"],
      ["no csrf value available in the session cookie", "state"],
      ["csrf value from the token does not match the csrf value from the data store", "state"],
      ["the client is not allowed to request response_type", "responseType"],
    ],
  },
  {
    source:
      "https://github.com/openiddict/openiddict-core/blob/dev/src/OpenIddict.Abstractions/OpenIddictResources.resx",
    endpoint: [
      ["the specified 'client_id' is invalid", "clientUnknown"],
      ["'client_secret' parameter is not valid for this client application", "clientPublic"],
      ["client application is not allowed to use the specified grant type", "grantNotAllowed"],
      ["client application is not allowed to use the token endpoint", "grantNotAllowed"],
      ["client application is not allowed to use the specified scope", "scope"],
      ["the specified refresh token has already been redeemed", "refreshUsed"],
      ["the specified token is no longer valid", "refreshRefused"],
      ["the specified refresh token is no longer valid", "refreshRefused"],
      ["authorization code cannot be used by this client application", "codeRefused"],
    ],
    resource: [
      ["token cannot be used with this resource server", "tokenAudience"],
      ["signing key associated to the specified token was not found", "tokenSignature"],
    ],
  },
  {
    source: "https://github.com/goauthentik/authentik/blob/main/authentik/providers/oauth2/errors.py",
    endpoint: [
      ["missing, invalid, or mismatching redirection uri", "redirect"],
      ["the client identifier (client_id) is missing or invalid", "clientUnknown"],
    ],
  },
  {
    source: "https://github.com/dexidp/dex/tree/master/server",
    endpoint: [
      ["invalid or has already been claimed by another client", "refreshRefused"],
      ["invalid or expired code parameter", "codeRefused"],
      ["unrecognized scope(s)", "scope"],
      ["client can't request scope(s)", "scope"],
      ['missing "openid" scope', "scope"],
    ],
  },
  {
    source: "https://github.com/panva/node-oidc-provider/tree/main/lib",
    endpoint: [
      ["content-type bodies are supported on post", "formOnly"],
      ["client authentication must only be provided using one mechanism", "clientTwice"],
    ],
  },
  {
    source:
      "https://github.com/spring-projects/spring-security/tree/main/oauth2/oauth2-authorization-server/src/main/java/org/springframework/security/oauth2/server/authorization/authentication",
    endpoint: [
      ["client authentication failed: client_secret", "secretWrong"],
      ["client authentication failed: client_id", "clientUnknown"],
      ["client authentication failed: authentication_method", "clientMethod"],
      ["oauth 2.0 parameter: redirect_uri", "redirect"],
      ["oauth 2.0 parameter: client_id", "clientUnknown"],
      ["oauth 2.0 parameter: scope", "scope"],
      ["bad client credentials", "secretWrong"],
      ["unauthorized grant type", "grantNotAllowed"],
      ["does not match one of the registered values", "redirect"],
    ],
    resource: [
      ["another algorithm expected, or no matching key(s) found", "tokenSignature"],
      ["couldn't retrieve remote jwk set", "keysUnreachable"],
      ["cannot convert access token to json", "tokenMalformed"],
      ["missing dot delimiter", "tokenMalformed"],
      ["jose header typ", "tokenMalformed"],
      ["found multiple bearer tokens in the request", "tokenMalformed"],
      ["does not contain resource id", "tokenAudience"],
      ["provided token isn't active", "tokenRevoked"],
    ],
  },
  {
    source:
      "https://github.com/dotnet/aspnetcore/blob/main/src/Security/Authentication/JwtBearer/src/JwtBearerHandler.cs",
    resource: [
      ["the token lifetime is invalid", "tokenExpired"],
      ["the token has no expiration", "tokenMalformed"],
    ],
  },
  {
    source: "https://www.django-rest-framework.org/api-guide/exceptions/#notauthenticated",
    resource: [
      ["authentication credentials were not provided", "noToken"],
      ["given token not valid for any token type", "tokenRefused"],
      ["invalid token header", "tokenMalformed"],
    ],
  },
  {
    source: "https://github.com/jpadilla/pyjwt/blob/master/jwt/api_jwt.py",
    resource: [
      ["the token is not yet valid (", "tokenNotYet"],
      ["signature has expired", "tokenExpired"],
    ],
  },
  {
    source: "https://symfony.com/bundles/LexikJWTAuthenticationBundle/current/2-data-customization.html",
    resource: [
      ["expired jwt token", "tokenExpired"],
      ["jwt token not found", "noToken"],
      ["invalid jwt token", "tokenRefused"],
    ],
  },
  {
    source: "https://github.com/auth0/express-jwt#error-handling",
    resource: [
      ["no authorization token was found", "noToken"],
      ["bad http authentication header format", "tokenMalformed"],
      ["format is authorization: bearer", "tokenMalformed"],
    ],
  },
  {
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
    resource: [["the incoming token has expired", "tokenExpired"]],
  },
  {
    source: "https://learn.microsoft.com/rest/api/azure/",
    resource: [
      ["the 'authorization' header is missing", "noToken"],
      ["the access token is from the wrong issuer", "tokenIssuer"],
      ["has been obtained for wrong audience or resource", "tokenAudience"],
      ["the access token expiry utc time", "tokenExpired"],
      ["the access token is invalid", "tokenRefused"],
    ],
  },
  {
    source: "https://developer.okta.com/docs/reference/error-codes/",
    endpoint: [
      ["cannot supply multiple client credentials", "clientTwice"],
      ["must be a login redirect uri in the client app settings", "redirect"],
      ["must be an absolute uri that is whitelisted in the client app settings", "redirect"],
      ["content-type headers likely do not match supported values", "formOnly"],
      ["does not have any configured default scopes", "scope"],
      ["the response type is not supported by the authorization server", "responseType"],
    ],
  },
  {
    source: "https://auth0.com/docs/troubleshoot/basic-issues/check-error-messages",
    endpoint: [
      ["is not in the list of allowed callback urls", "redirect"],
      ["client authentication is required", "secretMissing"],
    ],
  },
  {
    source: "https://developers.google.com/identity/protocols/oauth2/web-server",
    endpoint: [
      ["not a valid email or user id", "accountClosed"],
      ["invalid oauth scope or id token audience", "scope"],
      ["rejected by the attribute condition", "assertionRefused"],
      ["audience in id token", "assertionRefused"],
      ["error connecting to the given credential's issuer", "keysUnreachable"],
      ["unauthorized client or scope in request", "delegation"],
      ["has not completed the google verification process", "notAssigned"],
      ["this app is blocked", "policy"],
      ["currently being tested", "notAssigned"],
      ["given you access to this app", "notAssigned"],
      ["account restricted", "policy"],
    ],
    resource: [
      ["missing required authentication credential", "noToken"],
      ["missing a valid api key or access token", "noToken"],
    ],
  },
  {
    source:
      "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html#API_InitiateAuth_Errors",
    endpoint: [
      ["password attempts exceeded", "accountClosed"],
      ["flow not enabled for this client", "grantNotAllowed"],
    ],
  },
  {
    source:
      "https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html#API_CreateToken_Errors",
    endpoint: [["invalid starturl", "tenant"]],
  },
  {
    source: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm",
    endpoint: [
      ["invalid audience", "assertionRefused"],
      ["organization is inactive", "accountClosed"],
    ],
  },
  {
    source: "https://developer.adobe.com/developer-console/docs/guides/authentication/",
    endpoint: [
      ["are not a subset of the metascopes", "scope"],
      ["client is not authorized to perform the requested operation", "grantNotAllowed"],
    ],
  },
  {
    source: "https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-logging",
    endpoint: [
      ["does not correspond to a registered client", "clientUnknown"],
      ["no registered client was found with this client identifier", "clientUnknown"],
      ["is not allowed to access the requested resource", "audience"],
      ["is forbidden to access the resource", "audience"],
      ["does not correspond to a valid registered resource", "audience"],
      ["invalid 'username' or 'password'", "userPassword"],
      ["authorization server was not able to fulfill the request", "serverError"],
      ["does not support the requested 'grant_type'", "grantType"],
    ],
  },
  {
    source: "https://docs.pingidentity.com/pingfederate/latest/developers_reference_guide/pf_token_endpoint.html",
    endpoint: [
      ["unsupported authentication method", "clientMethod"],
      ["didn't recognize the username or password", "userPassword"],
    ],
  },
  {
    source: "https://github.com/zitadel/zitadel/blob/main/internal/static/i18n/en.yaml",
    endpoint: [
      ["errors.app.notfound", "clientUnknown"],
      ["instance not found", "tenant"],
      ["errors.instance.notfound", "tenant"],
      ["errors.authrequest.notexisting", "codeRefused"],
      ["errors.user.machine.secret.invalid", "secretWrong"],
      ["errors.oidcsession.refreshtokeninvalid", "refreshRefused"],
      ["errors.authnkey.notfound", "assertionRefused"],
      ["redirect_uri is missing in the client configuration", "redirect"],
      ["response type is missing in the client configuration", "responseType"],
      ["the scope of your request is missing", "scope"],
    ],
  },
  {
    source:
      "https://github.com/wso2-extensions/identity-inbound-auth-oauth/tree/master/components/org.wso2.carbon.identity.oauth/src/main/java/org/wso2/carbon/identity/oauth2",
    endpoint: [
      ["a valid oauth client could not be found", "clientUnknown"],
      ["persisted access token data not found", "refreshRefused"],
      ["inactive authorization code received", "codeUsed"],
      ["registered callback does not match", "redirect"],
      ["callback url mismatch", "redirect"],
    ],
    resource: [
      ["missing credentials", "noToken"],
      ["does not allow you to access the requested resource", "tokenScope"],
    ],
  },
  {
    source: "https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/",
    resource: [["scope does not match", "tokenScope"]],
  },
  {
    source: "https://github.com/oauthlib/oauthlib/blob/master/oauthlib/oauth2/rfc6749/errors.py",
    endpoint: [
      ["missing redirect uri", "noParameter"],
      ["invalid credentials given", "userPassword"],
    ],
  },
  {
    source: "https://github.com/doorkeeper-gem/doorkeeper/blob/main/config/locales/en.yml",
    endpoint: [["not authorized to perform this request using this method", "grantNotAllowed"]],
  },
  {
    source: "https://github.com/thephpleague/oauth2-server/blob/master/src/Exception/OAuthServerException.php",
    endpoint: [["cannot decrypt the refresh token", "refreshMalformed"]],
    resource: [
      ['missing "authorization" header', "noToken"],
      ["access token could not be verified", "tokenSignature"],
    ],
  },
]

const endpoint = servers.flatMap((server) => server.endpoint ?? [])
const resource = servers.flatMap((server) => server.resource ?? [])

const first = (phrases: ReadonlyArray<Phrase>, text: string): Name | undefined =>
  phrases.find(([words]) => text.includes(words))?.[1]

/** The cause that a phrase of a token or device endpoint names. The text is in lower case. */
export const atEndpoint = (text: string): Name | undefined => first(endpoint, text)

/** Whether a text is known to be about a token. */
export const isOfToken = (text: string): boolean => first(resource, text.toLowerCase()) !== undefined

/** The cause that a phrase of a resource names. The text is in lower case. */
export const atResource = (text: string): Name | undefined => first(resource, text)
