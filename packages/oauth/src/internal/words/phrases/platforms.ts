/**
 * Exact messages from identity platforms and other hosted servers.
 */
import type { Server } from "./server.ts"

export const platforms: ReadonlyArray<Server> = [
  {
    source: "https://firebase.google.com/docs/reference/rest/auth#section-error-response",
    endpoint: [
      ["token_expired", "refreshExpired"],
      ["invalid_refresh_token", "refreshRefused"],
      ["missing_refresh_token", "noRefreshToken"],
      ["user_disabled", "accountClosed"],
      ["user_not_found", "accountClosed"],
      ["email_not_found", "userPassword"],
      ["invalid_password", "userPassword"],
      ["invalid_login_credentials", "userPassword"],
      ["invalid_grant_type", "grantType"],
      ["project_number_mismatch", "refreshOther"],
      ["operation_not_allowed", "flowDisabled"],
      ["too_many_attempts_try_later", "tooFast"],
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
    // The private key does not belong to the app that the JWT names, or the key was cut off.
    source:
      "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app",
    endpoint: [],
    resource: [["a json web token could not be decoded", "tokenSignature"]],
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
