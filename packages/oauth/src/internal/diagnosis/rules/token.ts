/**
 * Rules for valid access tokens that are meant for another resource, and for what a resource requires besides a token.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isGraphsElsewhere, means, named, rfc, sentHeader, statedIn, surety, topic, word } from "../rule.ts"

const rule = topic("bearer")
const stated = statedIn("bearer")

const otherAudience = stated({
  code: "HF-OAUTH-BEARER-005",
  title: "The access token is for another audience than this resource",
  explanation:
    "A token names its API (aud), and this resource is another one. The token is valid there and useless here, and " +
    "a refresh gives a token for the same audience again. Request a token for this resource instead, by audience, " +
    "resource or scope.",
  fix: [
    { text: "request a token with the audience, resource or scope of this API", safety: "check first" },
    { text: "send the access token, not the ID token", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6750, "3.1"), rfc(9068, "4"), rfc(8707, "2")],
  rivals: ["HF-OAUTH-BEARER-006", "HF-OAUTH-BEARER-009"],
  details: { tokenAudience: "The token was issued for another audience; a refresh gives the same audience." },
})

/** The evidence that the token is for another resource: the server's message, or a token for Microsoft Graph. */
const audience: typeof otherAudience = {
  ...otherAudience,
  find: (facts) =>
    otherAudience.find(facts) ??
    (facts.answer.status === 401 && isGraphsElsewhere(facts)
      ? found({
          confidence: "likely",
          detail:
            "The token was issued for Microsoft Graph (aud), and this is another API: request one with its own scope.",
          evidence: [...sentHeader(facts, "authorization", "a token with the audience of this API"), ...word(facts)],
        })
      : undefined),
}

const issuer = stated({
  code: "HF-OAUTH-BEARER-006",
  title: "The access token comes from another issuer than this resource trusts",
  explanation:
    "The resource accepts tokens of one issuer, written exactly as in its metadata. It rejects a token of another " +
    "tenant, environment or version of the endpoint (v1.0 and v2.0 at Microsoft), and of an issuer that differs in " +
    "the trailing slash.",
  fix: [{ text: "use a token from the issuer that the resource names", safety: "check first" }],
  change: "plan",
  links: [rfc(9068, "4"), rfc(8414, "3.3")],
  rivals: ["HF-OAUTH-BEARER-005", "HF-OAUTH-BEARER-009"],
  details: { tokenIssuer: "The issuer of the token is not the one that the resource trusts." },
})

const proof = rule({
  code: "HF-OAUTH-BEARER-007",
  title: "A DPoP proof is required, and it is missing or not valid for this request",
  explanation:
    "The client or the token is bound to a key (demonstrating proof of possession). Every request then needs a " +
    "header DPoP: a new JWT, signed by this key, for the request's method and address. Without it, or with the " +
    "scheme Bearer, the token is rejected. Some providers require it for new clients by default (Okta).",
  fix: [
    { text: "send the header DPoP with a new proof for the method and address of each request", safety: "check first" },
    { text: "or disable the requirement in the client's settings", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(9449, "4.3"), rfc(9449, "7.1"), "https://developer.okta.com/docs/guides/dpop/main/"],
  rivals: ["HF-OAUTH-BEARER-008"],
  find: (facts) => {
    if (!means(facts, "proof")) return undefined
    const sent = facts.header("dpop")
    return found({
      confidence: facts.hasRequest ? surety(facts) : "likely",
      detail: `${
        !facts.hasRequest
          ? "The server requires a valid DPoP proof."
          : sent === undefined
            ? "The request has no DPoP header, which the server requires."
            : "The server rejects the DPoP proof of the request."
      } ${named(facts)}`,
      evidence: [...word(facts), ...sentHeader(facts, "dpop")],
      about: ["dpop"],
    })
  },
})

const nonce = stated({
  code: "HF-OAUTH-BEARER-008",
  title: "The DPoP proof must contain the nonce in the server's response",
  explanation:
    "The server requires proofs to contain its nonce, which it sends in the header DPoP-Nonce of this response. " +
    "The first request of a client cannot have it; the next one must, and each response may bring a new one.",
  fix: [
    {
      text: "create the proof again with the nonce of the response, and send the request again",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [rfc(9449, "8"), rfc(9449, "9")],
  rivals: [],
  soleCause: rfc(9449, "8"),
  details: { proofNonce: "The proof lacks the server's nonce, or has an old one." },
})

const signature = stated({
  code: "HF-OAUTH-BEARER-009",
  title: "The signature of the access token cannot be verified with the keys of its issuer",
  explanation:
    "The resource checks the token with the issuer's published keys and finds none that matches. The token is from " +
    "another issuer or environment, it was changed in transit, its key was retired, or it is meant for another API " +
    "and must not be checked here.",
  fix: [
    {
      text: "compare the issuer and the key id (kid) of the token with the keys that the resource loads",
      safety: "check first",
    },
  ],
  change: "token",
  links: [rfc(9068, "4"), rfc(7515, "5.2")],
  rivals: ["HF-OAUTH-BEARER-005", "HF-OAUTH-BEARER-006"],
  details: { tokenSignature: "The server rejected the signature or the key of the token." },
})

const claims = stated({
  code: "HF-OAUTH-BEARER-010",
  title: "The resource requires a stronger or a newer sign-in: its challenge must be passed on to the sign-in",
  explanation:
    "The token is valid, but the sign-in behind it is not sufficient: it lacks a second factor, is too old, or a " +
    "policy or the account has changed (claims challenge, step-up authentication). The response states the " +
    "requirement in claims, acr_values or max_age; a refresh without them gets the same response.",
  fix: [{ text: "start a sign-in with the claims, acr_values or max_age of the challenge", safety: "check first" }],
  change: "human",
  links: [
    rfc(9470, "3"),
    "https://learn.microsoft.com/entra/identity-platform/claims-challenge",
    "https://learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation",
  ],
  rivals: [],
  soleCause: rfc(9470, "3"),
  details: {
    claims: "The challenge requires more than this token's sign-in had (claims, a second factor, or a newer one).",
  },
})

const notYet = stated({
  code: "HF-OAUTH-BEARER-011",
  title: "The access token is not valid yet by the resource's clock: a clock is wrong",
  explanation:
    "A token is valid from nbf or iat on. If the clocks of issuer and resource differ by more than the resource " +
    "permits, a new token is rejected for some seconds or minutes.",
  fix: [
    {
      text: "set the clocks of the issuer and the resource (NTP), and allow a minute or two of difference",
      safety: "check first",
    },
  ],
  change: "clock",
  links: [rfc(7519, "4.1.5")],
  rivals: ["HF-OAUTH-BEARER-003"],
  details: { tokenNotYet: "The token begins later than the clock of the resource." },
})

const clientHeader = stated({
  code: "HF-OAUTH-BEARER-012",
  title: "The header with the client id or tenant id is missing or does not belong to the token",
  explanation:
    "Some APIs require the client id in a separate header: Client-Id at Twitch, x-api-key at Adobe, trakt-api-key " +
    "at Trakt. Xero requires the organization in xero-tenant-id. It must be the client, or one of the tenants, to " +
    "which the token was issued.",
  fix: [{ text: "send the header with the client id to which the token was issued", safety: "check first" }],
  change: "plan",
  links: [
    "https://dev.twitch.tv/docs/api/guide/",
    "https://developer.adobe.com/developer-console/docs/guides/authentication/",
  ],
  rivals: ["HF-OAUTH-BEARER-003"],
  most: "likely",
  details: {
    clientHeader:
      "The API requires the header with the client id (Xero: the tenant id, xero-tenant-id), which is missing, or " +
      "is one that the token has no access to.",
  },
})

/** All rules of this topic. */
export const token = [audience, issuer, proof, nonce, signature, claims, notYet, clientHeader] as const
