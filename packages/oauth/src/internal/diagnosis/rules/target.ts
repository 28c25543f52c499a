/**
 * Where an answer goes, and which API a token is for.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, shown, statedIn, topic, word } from "../rule.ts"

const rule = topic("request")
const stated = statedIn("request")
const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const github =
  "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"

/** Redirects. */
const redirect = stated({
  code: "HF-OAUTH-REQUEST-012",
  title: "The redirect_uri is not a registered one, or not the one of this sign-in",
  explanation:
    "The redirect address is compared letter by letter: scheme, host (localhost is not 127.0.0.1), port, path and the slash at its end. It has to be one that is " +
    "registered for the client, and with a code the same one as in the request that brought the code.",
  fix: [
    { text: "register the redirect_uri exactly as it is sent, or send a registered one", safety: "check first" },
    { text: "send the same redirect_uri with the code as before", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6749, "4.1.3"), github, entra],
  rivals: [],
  soleCause: github,
  about: ["redirect_uri"],
  details: { redirect: "The redirect address of the request does not match." },
})

/** Audiences and resources. */
const audience = stated({
  code: "HF-OAUTH-REQUEST-013",
  title: "The audience or resource that the token is for is unknown to the server, or not open to this client",
  explanation:
    "A token is asked for an API, by audience, by resource or by the prefix of its scopes. The identifier has to be exactly that of an API " +
    "that is registered with this tenant, and the client needs access to it.",
  fix: [
    {
      text: "compare the audience, resource or scope with the identifier of the API, letter by letter",
      safety: "check first",
    },
    { text: "let an administrator grant the client access to the API", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(8707, "2"), entra, "https://auth0.com/docs/get-started/apis/api-settings"],
  // A title with an "or" in it is not one cause.
  most: "likely",
  about: ["audience", "resource", "scope"],
  details: {
    audience: "No API with this identifier (audience, resource) is registered here, or the client may not use it.",
  },
})

/** Versions. */
const version = rule({
  code: "HF-OAUTH-REQUEST-014",
  title: "The parameters are those of another version of the endpoint: resource belongs to v1.0, scope to v2.0",
  explanation:
    "Microsoft Entra has two endpoints. /oauth2/token (v1.0) takes resource, the address of the API; /oauth2/v2.0/token takes scope, that " +
    "address with /.default or a name after it, and refuses resource. Tokens of the two differ in issuer and audience as well.",
  fix: [
    { text: "at v2.0 send scope (the resource with /.default after it) instead of resource", safety: "check first" },
    { text: "or ask the v1.0 endpoint, if the API demands its tokens", safety: "check first" },
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
        ? `The endpoint misses ${resource === undefined ? "resource (v1.0)" : "scope (v2.0)"}, and the request has ${resource === undefined ? "scope" : "resource"} instead.`
        : "The v2.0 endpoint takes no parameter resource, only scope.",
      evidence: [...word(facts), ...shown(resource), ...shown(asked)],
      about: ["resource", "scope"],
    })
  },
})

/** Response types. */
const responseType = stated({
  code: "HF-OAUTH-REQUEST-016",
  title: "The response_type is not one that the server offers, or that this client's registration permits",
  explanation:
    "response_type says what the sign-in brings back: code, or with the implicit and hybrid flows token and id_token as well. A client is " +
    "registered for some of them only, and servers switch the implicit flow off by default. Libraries that are made for the implicit flow " +
    "ask for token or id_token by default.",
  fix: [
    { text: "ask for response_type=code, with PKCE", safety: "check first" },
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
  details: { responseType: "The server does not serve this response type to this client." },
})

/** A view of an app. */
const embedded = stated({
  code: "HF-OAUTH-REQUEST-017",
  title: "The page for signing in is open in an embedded view of an app (webview), which the provider does not permit",
  explanation:
    "An app that shows the page in a view of its own could read the password, so providers refuse it and want the browser of the system, or " +
    "their library for the platform (RFC 8252). Links that are opened inside another app, such as a messenger, end the same way.",
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

/** Where a redirect leads from http to https. */
const isLedToHttps = ({ answer, url }: OAuthFacts): boolean =>
  url?.protocol === "http:" &&
  [301, 302, 303, 307, 308].includes(answer.status) &&
  (answer.header("location") ?? "").startsWith(`https://${url.hostname}`)

/** Without TLS. */
const insecure = rule({
  code: "HF-OAUTH-REQUEST-015",
  title: "The endpoint was asked over http: OAuth's endpoints take https only",
  explanation:
    "Secrets and tokens must not travel in the clear, so servers refuse http, or redirect it to https. A client that follows such a " +
    "redirect turns the POST into a GET without a body, and has sent its secret unprotected before. Behind a proxy that ends TLS a server " +
    "sees http as well, until it trusts the proxy's X-Forwarded-Proto.",
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
          ? "The server says that it wants https, and the address has it: a proxy in between passes the request on over http."
          : facts.answer.status === 0
            ? "The library itself refuses to send secrets over http (oauthlib permits it for tests with OAUTHLIB_INSECURE_TRANSPORT=1; behind a proxy it sees http until it trusts X-Forwarded-Proto)."
            : "The server says that it wants https.",
      evidence: [
        ...(url === undefined
          ? []
          : [{ at: "request.url", name: "scheme", observed: url.protocol.replace(":", ""), expected: "https" }]),
        ...word(facts),
      ],
    })
  },
})

/** The rules. */
export const target = [insecure, redirect, version, responseType, embedded, audience] as const
