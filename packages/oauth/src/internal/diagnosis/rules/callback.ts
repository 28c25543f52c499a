/**
 * Rules for sign-in responses that the client itself rejects: another state, an ID token that does not match, an issuer
 * whose keys cannot be read.
 */
import { rfc, statedIn } from "../rule.ts"

const rule = statedIn("callback")

const idToken = "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"

const state = rule({
  code: "HF-OAUTH-CALLBACK-001",
  title:
    "The response does not belong to the sign-in that this browser session started: its state is missing or different",
  explanation:
    "A client stores the state (and the nonce and the PKCE verifier) of each sign-in in a cookie, session or storage. " +
    "The client accepts only a response with the same state. The state is lost if the callback was opened again, if it was opened in another tab, browser or app, or if two sign-ins ran at the same time. " +
    "SameSite, or https and http mixed behind a proxy, can also prevent the cookie from being sent. " +
    "The same happens if the host or port differs, such as localhost and 127.0.0.1. " +
    "The state is also missing if several servers do not share their sessions or keys.",
  fix: [
    { text: "start the sign-in again, in one tab", safety: "check first" },
    {
      text:
        "if it recurs, check whether the cookie of the first request comes with the callback: host, https, " +
        "SameSite, shared session store",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "10.12"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"],
  rivals: [],
  soleCause: rfc(6749, "10.12"),
  most: "likely",
  about: ["state"],
  details: { state: "The state of this sign-in (or the cookie that holds it) is missing or does not match." },
})

const notAccepted = rule({
  code: "HF-OAUTH-CALLBACK-002",
  title:
    "The client rejects the ID token or the issuer: issuer, audience, nonce, signature, key, time or a claim does " +
    "not match",
  explanation:
    "No server rejected anything: the client library, or the program that checks the token, compares it with its " +
    "configuration. The issuer must be identical in the configuration, the metadata and the token (http or https, " +
    "host name, port, trailing slash, tenant, realm). The audience must be its client id or API. The key must be " +
    "among the issuer's keys and have the expected algorithm. The clocks must agree.",
  fix: [
    {
      text: "compare iss, aud, exp, alg and kid of the token with the configuration and the issuer's metadata",
      safety: "check first",
    },
    {
      text: "behind a proxy, give the issuer one public address (Keycloak: hostname) that all clients and servers use",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [idToken, "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation"],
  rivals: [],
  soleCause: idToken,
  most: "likely",
  details: {
    idIssuer:
      "The issuer (iss) differs from the configured one: another address, scheme, port or tenant, or the trailing " +
      "slash. It must match exactly.",
    idAudience: "The audience (aud) is not the client id or API of this program: the token was issued for another.",
    idNonce:
      "The nonce in the token is not the one of this sign-in: the cookie that holds it is gone, or the response " +
      "is an old one.",
    idSignature:
      "The signature cannot be verified: none of the issuer's keys matches (kid), the algorithm is not the " +
      "expected one, or the token was changed.",
    idTime:
      "By this program's clock the token has expired or is not valid yet: the token is old, or the clock is wrong.",
    idClaims:
      "The token lacks a claim from which this program reads the name, the email address or the groups of the " +
      "person, or the claim is not verified (email_verified).",
    idRefused: "The client library rejected the ID token of the sign-in.",
    idMalformed: "The value in place of a JWT is not one: it is cut, empty, or an opaque token.",
  },
})

const keys = rule({
  code: "HF-OAUTH-CALLBACK-003",
  title: "The program that checks the token cannot fetch the issuer's keys or metadata",
  explanation:
    "A client or an API fetches the issuer's metadata (/.well-known/openid-configuration) and keys (JWKS) to check " +
    "tokens, and that request failed: the address is wrong or not reachable from there (localhost in a container, " +
    "a firewall, a proxy), the name does not resolve, or the certificate is not trusted. The token itself was not " +
    "checked.",
  fix: [
    {
      text: "fetch the address of the metadata and the keys from the machine that checks the token",
      safety: "check first",
    },
    { text: "correct the issuer, the network or the certificate store there", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(8414, "3"), "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig"],
  rivals: [],
  soleCause: rfc(8414, "3"),
  most: "likely",
  details: {
    keysUnreachable: "The program that checks the token could not fetch the issuer's metadata or keys (JWKS).",
  },
})

const page = rule({
  code: "HF-OAUTH-CALLBACK-004",
  title:
    "The window or hidden frame of the sign-in was closed, blocked or timed out, or another sign-in is still running",
  explanation:
    "The library in the browser opens a window or a hidden frame for the sign-in and waits for its result. The " +
    "person closed it, the browser blocked it (only a click may open a window), or an earlier sign-in has not " +
    "ended: two concurrent calls, or a redirect whose result the page does not process. The library cannot " +
    "distinguish a closed window from a page that failed inside it.",
  fix: [
    { text: "start the sign-in again from a click, and allow the site to open windows", safety: "check first" },
    {
      text:
        "run one sign-in at a time, and process the result of a redirect first (MSAL: await " +
        "handleRedirectPromise)",
      safety: "check first",
    },
    { text: "sign in with a redirect instead of a window", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://learn.microsoft.com/en-us/entra/msal/javascript/browser/errors",
    "https://developers.google.com/identity/oauth2/web/guides/error",
  ],
  rivals: [],
  soleCause: "https://learn.microsoft.com/en-us/entra/msal/javascript/browser/errors",
  most: "likely",
  details: {
    windowClosed: "The window was closed before the sign-in had a result.",
    windowBlocked: "The browser blocked the window of the sign-in, or closed it immediately.",
    windowSilent:
      "No result came from the hidden frame or the window in time: its cookies are blocked, its session is over " +
      "(an interactive sign-in shows it), or the callback page runs its own code.",
    windowBusy:
      "Another sign-in of the same page has not ended, or the callback page began a new one inside the frame.",
  },
})

const otherScope = rule({
  code: "HF-OAUTH-CALLBACK-005",
  title: "The granted scope differs from the requested one, which the library treats as an error",
  explanation:
    "A server may grant more or less than was requested, in another order or with other names (Google adds openid " +
    "and writes email as an address; a person deselects one), and reports it in the response. oauthlib raises a " +
    "warning that stops the program. The tokens are valid for the granted scope.",
  fix: [
    { text: "request exactly the scopes that the server grants, in its spelling", safety: "check first" },
    {
      text: "or let oauthlib accept it: OAUTHLIB_RELAX_TOKEN_SCOPE=1, and check the granted scope yourself",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "3.3"), "https://oauthlib.readthedocs.io/en/latest/oauth2/security.html"],
  rivals: [],
  soleCause: rfc(6749, "3.3"),
  most: "likely",
  about: ["scope"],
  details: { scopeChanged: "The granted scope differs from the requested one." },
})

/** All rules of this topic. */
export const callback = [state, notAccepted, keys, page, otherScope] as const
