/**
 * Answers to a sign-in that the client itself does not accept: another state, an ID token that does not fit, an issuer whose keys
 * cannot be read.
 */
import { rfc, statedIn } from "../rule.ts"

const rule = statedIn("callback")

const idToken = "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"

/** The state. */
const state = rule({
  code: "HF-OAUTH-CALLBACK-001",
  title: "The answer does not belong to the sign-in that this browser session began: its state is missing or another",
  explanation:
    "A client keeps the state (and the nonce and the PKCE verifier) of each sign-in in a cookie, session or storage, and takes only the " +
    "answer that brings the same one back. It is gone where the callback was opened again or in another tab, browser or app; where two " +
    "sign-ins ran at once; where the cookie is not sent (SameSite, https and http mixed behind a proxy, another host or port such as localhost " +
    "and 127.0.0.1); or where several servers do not share their sessions or keys.",
  fix: [
    { text: "start the sign-in again, in one tab", safety: "check first" },
    {
      text: "if it recurs, see whether the cookie of the first request comes with the callback: host, https, SameSite, shared session store",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "10.12"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"],
  rivals: [],
  soleCause: rfc(6749, "10.12"),
  most: "likely",
  about: ["state"],
  details: { state: "The state (or the cookie that holds it) of this sign-in does not match or is not there." },
})

/** The ID token. */
const notAccepted = rule({
  code: "HF-OAUTH-CALLBACK-002",
  title:
    "The client does not accept the ID token or the issuer: issuer, audience, nonce, signature, key, time or a claim does not fit",
  explanation:
    "No server refused anything: the library of the client, or the program that checks the token, compares it with its configuration. The " +
    "issuer has to be the same letter by letter in the configuration, the metadata and the token (http or https, host name, port, the slash at " +
    "the end, tenant, realm); the audience has to be its client id or API; the key has to be among the issuer's keys, with the algorithm that is " +
    "expected; the clocks have to agree.",
  fix: [
    {
      text: "compare iss, aud, exp, alg and kid of the token with the configuration and the issuer's metadata",
      safety: "check first",
    },
    {
      text: "behind a proxy, give the issuer one public address (Keycloak: hostname) that clients and servers all use",
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
      "The issuer (iss) differs from the one that is configured: another address, scheme, port, tenant, or the slash at its end. It has to match exactly.",
    idAudience:
      "The audience (aud) is not the client id or API that this program expects: the token was issued for another.",
    idNonce:
      "The nonce in the token is not the one of this sign-in: the cookie that keeps it is gone, or the answer is an old one.",
    idSignature:
      "The signature cannot be verified: no key of the issuer fits (kid), the algorithm is another than expected, or the token was changed.",
    idTime:
      "By the clock of this program the token has expired, or is not valid yet: an old token, or a clock that is wrong.",
    idClaims:
      "A claim that this program takes the name, the email address or the groups of the person from is not in the token, or is not verified (email_verified).",
    idRefused: "The ID token of the sign-in was refused by the library of the client.",
    idMalformed: "What was to be read is no JWT: it is cut, empty, or an opaque token.",
  },
})

/** Keys and metadata. */
const keys = rule({
  code: "HF-OAUTH-CALLBACK-003",
  title: "The keys or the metadata of the issuer cannot be fetched from the program that checks the token",
  explanation:
    "A client or an API loads the issuer's metadata (/.well-known/openid-configuration) and its keys (JWKS) to check tokens, and that request " +
    "of its own failed: the address is wrong or not reachable from there (localhost in a container, a firewall, a proxy), the name does " +
    "not resolve, or the certificate is not trusted. The token itself was not looked at.",
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

/** The window. */
const page = rule({
  code: "HF-OAUTH-CALLBACK-004",
  title:
    "The window or hidden frame of the sign-in was closed, blocked, silent for too long, or another sign-in still runs",
  explanation:
    "The library in the browser opens a window or a hidden frame for the sign-in and waits for its answer. The person closed it, the " +
    "browser did not let it open (only a click may open a window), or a sign-in that began before has not ended: two calls at once, or a " +
    "redirect whose answer the page does not process. The library cannot tell a closed window from a page that failed inside it.",
  fix: [
    { text: "start the sign-in again from a click, and allow the site to open windows", safety: "check first" },
    {
      text: "call one sign-in at a time, and process the answer of a redirect before (MSAL: await handleRedirectPromise)",
      safety: "check first",
    },
    { text: "sign in with a redirect in place of a window", safety: "check first" },
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
    windowClosed: "The window was closed before the sign-in had an answer.",
    windowBlocked: "The browser did not open the window of the sign-in, or closed it at once.",
    windowSilent:
      "No answer came from the hidden frame or the window in time: its cookies are blocked, the session there is over (an interactive sign-in shows it), or the page of the callback runs code of its own.",
    windowBusy:
      "Another sign-in of the same page has not ended, or the page of the callback began a new one inside the frame.",
  },
})

/** Other scopes. */
const otherScope = rule({
  code: "HF-OAUTH-CALLBACK-005",
  title:
    "The scope that was granted is another than the one that was asked for, and the library takes that for an error",
  explanation:
    "A server may grant more or less than was asked, in another order or with other names (Google adds openid and writes email as an address; a person unticks one), and says " +
    "so in the answer. oauthlib raises a warning that stops the program. The tokens are good for what was granted.",
  fix: [
    { text: "ask for exactly the scopes that the server grants, in its spelling", safety: "check first" },
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

/** The topic's rules. */
export const callback = [state, notAccepted, keys, page, otherScope] as const
