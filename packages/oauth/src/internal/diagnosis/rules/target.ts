/**
 * Rules for the redirect address, and for the API that a token is for.
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
  title: "The redirect_uri is not registered, or is not the one of this sign-in",
  explanation:
    "The redirect address is compared character by character: scheme, host (localhost is not 127.0.0.1), port, " +
    "path and the trailing slash. It must be registered for the client, and with a code it must be the same as in " +
    "the request for the code.",
  fix: [
    { text: "register the redirect_uri exactly as it is sent, or send a registered one", safety: "check first" },
    { text: "send the same redirect_uri as in the request for the code", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6749, "4.1.3"), github, entra],
  rivals: [],
  soleCause: github,
  about: ["redirect_uri"],
  details: { redirect: "The redirect address of the request does not match." },
})

const audience = stated({
  code: "HF-OAUTH-REQUEST-013",
  title: "The audience or resource of the requested token is unknown to the server, or not open to this client",
  explanation:
    "A token is requested for an API, by audience, by resource or by the prefix of its scopes. The identifier must " +
    "be exactly that of an API that is registered with this tenant, and the client needs access to it.",
  fix: [
    {
      text: "compare the audience, resource or scope with the identifier of the API, character by character",
      safety: "check first",
    },
    { text: "have an administrator grant the client access to the API", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(8707, "2"), entra, "https://auth0.com/docs/get-started/apis/api-settings"],
  // A title with an "or" in it covers several causes.
  most: "likely",
  about: ["audience", "resource", "scope"],
  details: {
    audience: "No API with this identifier (audience, resource) is registered here, or the client may not use it.",
  },
})

const version = rule({
  code: "HF-OAUTH-REQUEST-014",
  title: "The parameters are those of another version of the endpoint: resource belongs to v1.0, scope to v2.0",
  explanation:
    "Microsoft Entra has two endpoints. /oauth2/token (v1.0) expects resource, the address of the API. " +
    "/oauth2/v2.0/token expects scope, that address followed by /.default or a name, and rejects resource. Their " +
    "tokens also differ in issuer and audience.",
  fix: [
    { text: "at v2.0 send scope (the resource followed by /.default) instead of resource", safety: "check first" },
    { text: "or use the v1.0 endpoint, if the API requires its tokens", safety: "check first" },
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
        ? `The endpoint reports that ${resource === undefined ? "resource (v1.0)" : "scope (v2.0)"} is missing, ` +
          `and the request has ${resource === undefined ? "scope" : "resource"} instead.`
        : "The v2.0 endpoint accepts only scope, not resource.",
      evidence: [...word(facts), ...shown(resource), ...shown(asked)],
      about: ["resource", "scope"],
    })
  },
})

const responseType = stated({
  code: "HF-OAUTH-REQUEST-016",
  title: "The response_type is not one that the server offers, or that this client's registration permits",
  explanation:
    "response_type selects what the sign-in returns: code, or with the implicit and hybrid flows token and " +
    "id_token as well. A client is registered for some of them only, and servers disable the implicit flow by " +
    "default. Libraries for the implicit flow request token or id_token by default.",
  fix: [
    { text: "request response_type=code, with PKCE", safety: "check first" },
    {
      text: "or permit the response type (implicit or hybrid flow) in the client's registration",
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
  title: "The sign-in page is open in an embedded view of an app (webview), which the provider does not permit",
  explanation:
    "An app that shows the page in its own view could read the password, so providers reject it and require the " +
    "system's browser, or their library for the platform (RFC 8252). A link that is opened inside another app, " +
    "such as a messenger, fails in the same way.",
  fix: [
    {
      text: "open the sign-in in the system's browser (Custom Tabs, ASWebAuthenticationSession)",
      safety: "check first",
    },
    { text: "for a link in another app, open it in the browser", safety: "check first" },
  ],
  change: "human",
  links: [rfc(8252, "8.12"), "https://developers.google.com/identity/protocols/oauth2/native-app"],
  rivals: [],
  soleCause: rfc(8252, "8.12"),
  details: { embedded: "The provider does not serve its page to this user agent." },
})

/** The target of a redirect from http to https. */
const isLedToHttps = ({ answer, url }: OAuthFacts): boolean =>
  url?.protocol === "http:" &&
  [301, 302, 303, 307, 308].includes(answer.status) &&
  (answer.header("location") ?? "").startsWith(`https://${url.hostname}`)

const insecure = rule({
  code: "HF-OAUTH-REQUEST-015",
  title: "The request went over http: OAuth's endpoints accept only https",
  explanation:
    "Secrets and tokens must not be sent unencrypted, so servers reject http, or redirect it to https. A client " +
    "that follows such a redirect turns the POST into a GET without a body, and has already sent its secret " +
    "unprotected. Behind a proxy that terminates TLS a server also sees http, unless it trusts the proxy's " +
    "X-Forwarded-Proto.",
  fix: [
    { text: "use the https address of the endpoint", safety: "check first" },
    {
      text: "behind a proxy, configure the server's public address and its trust in the proxy (Keycloak: hostname, proxy-headers)",
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
          ? "The server requires https, and the address has it: an intermediary forwards the request over http."
          : facts.answer.status === 0
            ? "The library itself does not send secrets over http (oauthlib permits it for tests with " +
              "OAUTHLIB_INSECURE_TRANSPORT=1; behind a proxy it sees http until it trusts X-Forwarded-Proto)."
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

/** All rules of this topic. */
export const target = [insecure, redirect, version, responseType, embedded, audience] as const
