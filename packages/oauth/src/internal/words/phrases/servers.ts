/**
 * Exact messages from open-source sign-in servers and from libraries that protect an API.
 */
import type { Server } from "./server.ts"

export const servers: ReadonlyArray<Server> = [
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
]
