/**
 * Rules for sign-in responses that the client itself rejects because the state differs, the ID token does not match, or the
 * issuer's keys cannot be read.
 */
import { rfc, statedIn } from "../rule.ts"

const rule = statedIn("callback")

const idToken = "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"

const state = rule({
  code: "HF-OAUTH-CALLBACK-001",
  title:
    "The response does not belong to the sign-in that this browser session started: its state is missing or different",
  explanation:
    "A client stores the state (and the nonce and the PKCE verifier) of each sign-in in a cookie, a session or " +
    "other storage. The client accepts only a response with the stored state. The state is lost if the callback " +
    "was opened again, if it was opened in another tab, browser or app, or if two sign-ins ran at the same time. " +
    "SameSite, or a mix of https and http behind a proxy, can also prevent the cookie from being sent. The state " +
    "is also lost if the host or port changes, for example from localhost to 127.0.0.1. The state is also missing " +
    "if several servers do not share their sessions or keys.",
  fix: [
    { text: "start the sign-in again in a single browser tab", safety: "check first" },
    {
      text:
        "if the error recurs, check whether the browser sends the sign-in cookie with the callback: check the " +
        "host, https, SameSite and the shared session store",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "10.12"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"],
  rivals: [],
  soleCause: rfc(6749, "10.12"),
  most: "likely",
  about: ["state"],
  details: { state: "The state of this sign-in, or the cookie that contains it, is missing or does not match." },
})

const notAccepted = rule({
  code: "HF-OAUTH-CALLBACK-002",
  title:
    "The client rejects the ID token or the issuer: the issuer, audience, nonce, signature, key, time or a claim " +
    "does not match",
  explanation:
    "This rejection does not come from a server. The client library, or the program that checks the token, " +
    "compares the token with its configuration. The issuer must be identical in the configuration, the metadata " +
    "and the token. The comparison includes http or https, the host name, the port, a trailing slash, the tenant " +
    "and the realm. The audience must be the client id or the API of the program that checks the token. The " +
    "signing key must be among the issuer's keys and have the expected algorithm. The clocks of the issuer and the " +
    "program must agree.",
  fix: [
    {
      text: "compare the token's iss, aud, exp, alg and kid with the configuration and the issuer's metadata",
      safety: "check first",
    },
    {
      text: "if the issuer is behind a proxy, configure one public address (Keycloak: hostname) that all clients and servers use",
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
      "The issuer (iss) differs from the configured issuer in its address, scheme, port, tenant or trailing slash. " +
      "The issuer must match exactly.",
    idAudience:
      "The audience (aud) is not this program's client id or API: the token was issued for another client or API.",
    idNonce:
      "The nonce in the token does not match the nonce of this sign-in. The cookie that contains the nonce is " +
      "missing, or the response is an old one.",
    idSignature:
      "The signature cannot be verified. The issuer has no key that matches the token's kid, the algorithm is not " +
      "the expected one, or the token was changed.",
    idTime:
      "According to this program's clock, the token has expired or is not valid yet. Either the token is old or " +
      "the clock is wrong.",
    idClaims:
      "The token lacks a claim that this program needs for the user's name, email address or groups. The cause may " +
      "also be a claim that is not verified (email_verified).",
    idRefused: "The client library rejected the ID token from this sign-in.",
    idMalformed: "The value is not a JWT: it is truncated, empty, or an opaque token.",
  },
})

const keys = rule({
  code: "HF-OAUTH-CALLBACK-003",
  title: "The program that checks the token cannot fetch the issuer's keys or metadata",
  explanation:
    "To check tokens, a client or an API fetches the issuer's metadata (/.well-known/openid-configuration) and " +
    "keys (JWKS). The request for the metadata or keys failed because the address is wrong or not reachable " +
    "(localhost in a container, a firewall, a proxy). The request also fails if the name does not resolve or the " +
    "certificate is not trusted. The token itself was not checked.",
  fix: [
    {
      text: "test whether the machine that checks the token can fetch the addresses of the metadata and the keys",
      safety: "check first",
    },
    {
      text: "correct the issuer, the network or the certificate store on the machine that checks the token",
      safety: "check first",
    },
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
  title: "The sign-in window or hidden frame was closed, was blocked or timed out, or another sign-in is still running",
  explanation:
    "The browser library opens a window or a hidden frame for the sign-in and waits for the result. The user may " +
    "have closed the window, or the browser may have blocked it because windows may be opened only in response to " +
    "a click. An earlier sign-in may still be running because two calls are concurrent or the page does not " +
    "process the result of a redirect. The library cannot distinguish a closed window from a page that failed " +
    "inside the window.",
  fix: [
    { text: "start the sign-in again from a click, and allow the site to open pop-up windows", safety: "check first" },
    {
      text:
        "run only one sign-in at a time, and process the result of a redirect before you start another sign-in " +
        "(MSAL: await handleRedirectPromise)",
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
    windowClosed: "The sign-in window was closed before it returned a result.",
    windowBlocked: "The browser blocked the sign-in window or closed it immediately.",
    windowSilent:
      "The hidden frame or the window did not return a result in time. The cause may be blocked cookies, a session " +
      "that has ended (an interactive sign-in confirms this), or a callback page that runs its own code.",
    windowBusy:
      "Another sign-in on the same page is still running, or the callback page started a new sign-in inside the frame.",
  },
})

const otherScope = rule({
  code: "HF-OAUTH-CALLBACK-005",
  title: "The granted scope differs from the requested scope, and the library treats this as an error",
  explanation:
    "A server may grant more or fewer scopes than were requested, in another order or with other names, and it " +
    "reports the granted scope in the response. For example, Google adds openid and returns email as a URL, and a " +
    "user can deselect a scope. The oauthlib library raises a warning about the difference, and this warning stops " +
    "the program. The tokens are valid for the granted scope.",
  fix: [
    {
      text: "request exactly the scopes that the server grants, spelled as the server spells them",
      safety: "check first",
    },
    {
      text: "alternatively, let oauthlib accept the difference: set OAUTHLIB_RELAX_TOKEN_SCOPE=1, and check the granted scope yourself",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "3.3"), "https://oauthlib.readthedocs.io/en/latest/oauth2/security.html"],
  rivals: [],
  soleCause: rfc(6749, "3.3"),
  most: "likely",
  about: ["scope"],
  details: { scopeChanged: "The granted scope differs from the requested scope." },
})

/** All rules for sign-in responses that the client itself rejects. */
export const callback = [state, notAccepted, keys, page, otherScope] as const
