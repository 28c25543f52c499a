/**
 * Rules for the redirect address and for the API for which a token is requested.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, shown, statedIn, topic, word } from "../rule.ts"

const rule = topic("request")
const stated = statedIn("request")
const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const github =
  "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"

const redirect = stated({
  code: "HF-OAUTH-REQUEST-012",
  title: "The redirect_uri is not registered, or differs from the one that started this sign-in",
  explanation:
    "The server compares the redirect address character by character. The address must be registered for the " +
    "client. The comparison includes the scheme, host (localhost is not 127.0.0.1), port, path and trailing slash. " +
    "The client sends the address again when it exchanges a code for tokens. The redirect address in the token " +
    "request must be the same as in the request for the code.",
  fix: [
    {
      text: "register the exact redirect_uri that the client sends, or send a registered redirect_uri",
      safety: "check first",
    },
    { text: "in the token request, send the same redirect_uri as in the request for the code", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6749, "4.1.3"), github, entra],
  rivals: [],
  soleCause: github,
  about: ["redirect_uri"],
  details: { redirect: "The redirect address in the request does not match the one that the server expects." },
})

const audience = stated({
  code: "HF-OAUTH-REQUEST-013",
  title:
    "The server does not recognize the audience or resource of the requested token, or denies this client access to it",
  explanation:
    "A token request identifies an API by its audience, its resource or the prefix of its scopes. The identifier " +
    "must exactly match that of an API registered with this tenant, and the client must have access to that API.",
  fix: [
    {
      text: "compare the audience, resource or scope character by character with the identifier of the API",
      safety: "check first",
    },
    { text: "ask an administrator to grant the client access to the API", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(8707, "2"), entra, "https://auth0.com/docs/get-started/apis/api-settings"],
  // A title with an "or" in it covers several causes.
  most: "likely",
  about: ["audience", "resource", "scope"],
  details: {
    audience:
      "No API with this identifier (audience, resource) is registered here, or the client is not allowed to use " +
      "the API.",
  },
})

const version = rule({
  code: "HF-OAUTH-REQUEST-014",
  title: "The parameters belong to another version of the endpoint: v1.0 expects resource, and v2.0 expects scope",
  explanation:
    "Microsoft Entra has two token endpoints. The v1.0 endpoint, /oauth2/token, expects resource: the address of " +
    "the API. The v2.0 endpoint, /oauth2/v2.0/token, rejects resource and expects scope: the address of the API " +
    "followed by /.default or a scope name. The tokens of the two endpoints also differ in issuer and audience.",
  fix: [
    {
      text: "at the v2.0 endpoint, send scope (the resource followed by /.default) instead of resource",
      safety: "check first",
    },
    { text: "alternatively, use the v1.0 endpoint if the API requires v1.0 tokens", safety: "check first" },
  ],
  change: "plan",
  links: [entra, "https://learn.microsoft.com/entra/identity-platform/scopes-oidc"],
  rivals: [],
  soleCause: entra,
  find: (facts) => {
    const resource = facts.field("resource")
    const asked = facts.field("scope")
    const isMissed =
      facts.issuer?.system === "entra" &&
      /\bAADSTS(?:90014|900144)\b.{0,80}'(?:scope|resource)'/.test(facts.answer.description) &&
      (resource === undefined) !== (asked === undefined)
    if (!means(facts, "version") && !isMissed) return undefined
    return found({
      confidence: "likely",
      detail: isMissed
        ? `The endpoint reports that ${resource === undefined ? "resource (v1.0)" : "scope (v2.0)"} is missing. ` +
          `The request contains ${resource === undefined ? "scope" : "resource"} instead.`
        : "The v2.0 endpoint accepts scope but not resource.",
      evidence: [...word(facts), ...shown(resource), ...shown(asked)],
      about: ["resource", "scope"],
    })
  },
})

const responseType = stated({
  code: "HF-OAUTH-REQUEST-016",
  title: "The server does not offer this response_type, or the client's registration does not permit it",
  explanation:
    "response_type selects what the sign-in returns. The response_type is usually code; the implicit and hybrid " +
    "flows can request token and id_token as well. Each client is registered for only some response types, and " +
    "servers disable the implicit flow by default. Libraries for the implicit flow request token or id_token by " +
    "default.",
  fix: [
    { text: "request response_type=code, with PKCE", safety: "check first" },
    {
      text: "alternatively, allow the response type (implicit or hybrid flow) in the client's registration",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "4.1.2.1"), "https://openid.net/specs/openid-connect-core-1_0.html#Authentication", entra],
  rivals: [],
  soleCause: rfc(6749, "4.1.2.1"),
  most: "likely",
  about: ["response_type"],
  details: { responseType: "The server does not offer this response type to this client." },
})

const embedded = stated({
  code: "HF-OAUTH-REQUEST-017",
  title: "The sign-in page was opened in an app's embedded view (webview), which the provider does not permit",
  explanation:
    "An app that shows the sign-in page in its own view could read the password, so providers reject embedded " +
    "views. Providers require the system's browser or their own library for the platform (RFC 8252). Opening a " +
    "sign-in link inside another app also fails. One example of an embedded view is a messenger's built-in browser.",
  fix: [
    {
      text: "open the sign-in page in the system's browser (Custom Tabs, ASWebAuthenticationSession)",
      safety: "check first",
    },
    { text: "open sign-in links from other apps in the system's browser", safety: "check first" },
  ],
  change: "human",
  links: [rfc(8252, "8.12"), "https://developers.google.com/identity/protocols/oauth2/native-app"],
  rivals: [],
  soleCause: rfc(8252, "8.12"),
  details: { embedded: "The provider does not serve its sign-in page to this user agent." },
})

/** Whether the server redirects a request from http to https. */
const isLedToHttps = ({ answer, url }: OAuthFacts): boolean =>
  url?.protocol === "http:" &&
  [301, 302, 303, 307, 308].includes(answer.status) &&
  (answer.header("location") ?? "").startsWith(`https://${url.hostname}`)

const insecure = rule({
  code: "HF-OAUTH-REQUEST-015",
  title: "The request was sent over http, but OAuth endpoints accept only https",
  explanation:
    "Secrets and tokens must not be sent unencrypted, so servers reject http requests or redirect them to https. A " +
    "client that follows the redirect to https changes the POST to a GET without a body, and it has already sent " +
    "its secret unprotected. Behind a proxy that terminates TLS, the server also receives http unless it trusts " +
    "the proxy's X-Forwarded-Proto.",
  fix: [
    { text: "use the https address of the endpoint", safety: "check first" },
    {
      text: "if the server is behind a proxy, configure its public address and make it trust the proxy (Keycloak: hostname, proxy-headers)",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "3.2"), "https://www.keycloak.org/server/reverseproxy"],
  find: (facts) => {
    const { purpose, url } = facts
    const isLed = purpose !== undefined && purpose !== "resource" && purpose !== "authorize" && isLedToHttps(facts)
    if (!means(facts, "notHttps") && !isLed) return undefined
    return found({
      confidence: "likely",
      detail: isLed
        ? `The server redirects http://${url?.host ?? ""} to https.`
        : url?.protocol === "https:"
          ? "The server requires https. The request's address uses https, so an intermediary forwards the request over http."
          : facts.answer.status === 0
            ? "The client library refuses to send secrets over http. " +
              "For tests, OAUTHLIB_INSECURE_TRANSPORT=1 permits http in oauthlib. Behind a proxy, an application sees http until it trusts X-Forwarded-Proto."
            : "The server requires https.",
      evidence: [
        ...(url === undefined
          ? []
          : [{ at: "request.url", name: "scheme", observed: url.protocol.replace(":", ""), expected: "https" }]),
        ...word(facts),
      ],
    })
  },
})

/** All rules for the redirect address and for the API for which a token is requested. */
export const target = [insecure, redirect, version, responseType, embedded, audience] as const
