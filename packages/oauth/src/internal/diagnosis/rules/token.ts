/**
 * Access tokens that are good, and not for this resource; and what a resource demands besides a token.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isGraphsElsewhere, means, named, rfc, sentHeader, statedIn, surety, topic, word } from "../rule.ts"

const rule = topic("bearer")
const stated = statedIn("bearer")

/** For another resource. */
const otherAudience = stated({
  code: "HF-OAUTH-BEARER-005",
  title: "The access token is for another audience than this resource",
  explanation:
    "A token names the API that it is for (aud), and this resource is another one. The token is good there and useless here, and a refresh " +
    "gives a token for the same audience again: the token has to be asked for this resource, by audience, resource or scope.",
  fix: [
    { text: "ask for a token with the audience, resource or scope of this API", safety: "check first" },
    { text: "send the access token, not the ID token", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6750, "3.1"), rfc(9068, "4"), rfc(8707, "2")],
  rivals: ["HF-OAUTH-BEARER-006", "HF-OAUTH-BEARER-009"],
  details: { tokenAudience: "The token was issued for another audience; a refresh gives the same audience." },
})

/** For another resource, as the server says, or as the token for Microsoft Graph shows. */
const audience: typeof otherAudience = {
  ...otherAudience,
  find: (facts) =>
    otherAudience.find(facts) ??
    (facts.answer.status === 401 && isGraphsElsewhere(facts)
      ? found({
          confidence: "likely",
          detail:
            "The token was issued for Microsoft Graph (aud), and this is another API: ask for one with its own scope.",
          evidence: [...sentHeader(facts, "authorization", "a token with the audience of this API"), ...word(facts)],
        })
      : undefined),
}

/** Of another server. */
const issuer = stated({
  code: "HF-OAUTH-BEARER-006",
  title: "The access token comes from another issuer than this resource trusts",
  explanation:
    "The resource accepts tokens of one issuer, written exactly as in its metadata. A token of another tenant, environment or version of the " +
    "endpoint (v1.0 and v2.0 at Microsoft), or of an issuer with another slash at its end, is not accepted.",
  fix: [{ text: "take the token from the issuer that the resource names", safety: "check first" }],
  change: "plan",
  links: [rfc(9068, "4"), rfc(8414, "3.3")],
  rivals: ["HF-OAUTH-BEARER-005", "HF-OAUTH-BEARER-009"],
  details: { tokenIssuer: "The issuer of the token is not the one that the resource trusts." },
})

/** DPoP. */
const proof = rule({
  code: "HF-OAUTH-BEARER-007",
  title: "A DPoP proof is demanded, and it is missing or not valid for this request",
  explanation:
    "The client or the token is bound to a key (demonstrating proof of possession). Every request then needs a header DPoP: a JWT that this " +
    "key signed, for this method and address, made now. Without it, or with the scheme Bearer, the token is refused. Some providers turn " +
    "the demand on for new clients by default (Okta).",
  fix: [
    { text: "send the header DPoP with a new proof for the method and address of each request", safety: "check first" },
    { text: "or switch the requirement off in the client's settings", safety: "check first" },
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
          ? "The server requires a DPoP proof that it accepts."
          : sent === undefined
            ? "The request has no DPoP header, which the server requires."
            : "The server does not accept the DPoP proof of the request."
      } ${named(facts)}`,
      evidence: [...word(facts), ...sentHeader(facts, "dpop")],
      about: ["dpop"],
    })
  },
})

/** The nonce. */
const nonce = stated({
  code: "HF-OAUTH-BEARER-008",
  title: "The DPoP proof has to contain the nonce that the server gives in its answer",
  explanation:
    "The server wants proofs with a value of its own, which it sends in the header DPoP-Nonce of this answer. The first request of a client " +
    "cannot have it; the next one must, and each answer may bring a new one.",
  fix: [
    {
      text: "create the proof again with the nonce of the answer, and send the request again",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [rfc(9449, "8"), rfc(9449, "9")],
  rivals: [],
  soleCause: rfc(9449, "8"),
  details: { proofNonce: "The proof lacks the server's nonce, or has an old one." },
})

/** Signatures. */
const signature = stated({
  code: "HF-OAUTH-BEARER-009",
  title: "The signature of the access token cannot be verified with the keys of its issuer",
  explanation:
    "The resource checks the token with the issuer's published keys and finds none that fits. The token is that of another issuer or " +
    "environment, it was changed on its way, its key was retired, or it is meant for another API and must not be checked here.",
  fix: [
    {
      text: "compare the issuer and the key id (kid) of the token with the keys that the resource loads",
      safety: "check first",
    },
  ],
  change: "token",
  links: [rfc(9068, "4"), rfc(7515, "5.2")],
  rivals: ["HF-OAUTH-BEARER-005", "HF-OAUTH-BEARER-006"],
  details: { tokenSignature: "The signature or the key of the token was not accepted." },
})

/** Claims. */
const claims = stated({
  code: "HF-OAUTH-BEARER-010",
  title: "The resource demands a stronger or a newer sign-in: its challenge has to be passed on to the sign-in",
  explanation:
    "The token is good, and the sign-in behind it is not enough: it lacks a second factor, is too old, or a policy or the account changed " +
    "meanwhile (claims challenge, step-up authentication). The answer says what is demanded in claims, acr_values or max_age; a refresh " +
    "without them gets the same answer.",
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
    claims: "The challenge asks for more than this token's sign-in had (claims, a second factor, or its age).",
  },
})

/** Clocks. */
const notYet = stated({
  code: "HF-OAUTH-BEARER-011",
  title: "The access token is not valid yet by the resource's clock: a clock is wrong",
  explanation:
    "A token is good from nbf or iat on. Where the clocks of issuer and resource differ by more than the resource allows, a fresh token is " +
    "refused for some seconds or minutes.",
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

/** The header beside the token. */
const clientHeader = stated({
  code: "HF-OAUTH-BEARER-012",
  title: "The header with the client id or tenant id is missing or does not belong to the token",
  explanation:
    "Some APIs want the client id in a header of its own beside the token: Client-Id at Twitch, x-api-key at Adobe, trakt-api-key at Trakt. " +
    "Xero wants the organization in xero-tenant-id. " +
    "It has to be the client, or one of the tenants, that the token was issued to.",
  fix: [{ text: "send the header with the client id that the token was issued to", safety: "check first" }],
  change: "plan",
  links: [
    "https://dev.twitch.tv/docs/api/guide/",
    "https://developer.adobe.com/developer-console/docs/guides/authentication/",
  ],
  rivals: ["HF-OAUTH-BEARER-003"],
  most: "likely",
  details: {
    clientHeader:
      "The API wants the header with the client id (Xero: the tenant id, xero-tenant-id), which was not sent, or is one that the token has no access to.",
  },
})

/** The rules. */
export const token = [audience, issuer, proof, nonce, signature, claims, notYet, clientHeader] as const
