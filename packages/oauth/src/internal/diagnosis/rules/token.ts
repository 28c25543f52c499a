/**
 * Rules for valid access tokens that were issued for another resource, and for resources that require more than a valid
 * token.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isGraphsElsewhere, means, named, rfc, sentHeader, statedIn, surety, topic, word } from "../rule.ts"

const rule = topic("bearer")
const stated = statedIn("bearer")

const otherAudience = stated({
  code: "HF-OAUTH-BEARER-005",
  title: "The audience of the access token is not this resource",
  explanation:
    "An access token names the API that it is for (aud), and this resource is a different API. The token is valid " +
    "for the API in its audience but not for this resource. A refresh returns a token for the same audience. " +
    "Request a token for this resource instead: set the audience, resource or scope.",
  fix: [
    { text: "request a token with the audience, resource or scope of this API", safety: "check first" },
    { text: "send the access token, not the ID token", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6750, "3.1"), rfc(9068, "4"), rfc(8707, "2")],
  rivals: ["HF-OAUTH-BEARER-006", "HF-OAUTH-BEARER-009"],
  details: { tokenAudience: "The token was issued for another audience. A refreshed token has the same audience." },
})

/** Finds evidence that the token was issued for another resource: the server's message, or a token for Microsoft Graph. */
const audience: typeof otherAudience = {
  ...otherAudience,
  find: (facts) =>
    otherAudience.find(facts) ??
    (facts.answer.status === 401 && isGraphsElsewhere(facts)
      ? found({
          confidence: "likely",
          detail:
            "The token was issued for Microsoft Graph (aud), but this is another API. Request a token with the " +
            "scope of this API.",
          evidence: [...sentHeader(facts, "authorization", "a token whose audience is this API"), ...word(facts)],
        })
      : undefined),
}

const issuer = stated({
  code: "HF-OAUTH-BEARER-006",
  title: "The access token comes from an issuer that this resource does not trust",
  explanation:
    "The resource accepts tokens from one issuer only. The token must contain the issuer exactly as in the " +
    "issuer's metadata. The resource rejects a token from another tenant or environment. Different versions of the " +
    "endpoint (v1.0 and v2.0 at Microsoft) also have different issuers. An issuer is rejected even if it differs " +
    "only in the trailing slash.",
  fix: [{ text: "use a token from the issuer that the resource specifies", safety: "check first" }],
  change: "plan",
  links: [rfc(9068, "4"), rfc(8414, "3.3")],
  rivals: ["HF-OAUTH-BEARER-005", "HF-OAUTH-BEARER-009"],
  details: { tokenIssuer: "The resource does not trust the issuer of the token." },
})

const proof = rule({
  code: "HF-OAUTH-BEARER-007",
  title: "The required DPoP proof is missing, or is not valid for this request",
  explanation:
    "DPoP binds the client or the token to a key (demonstrating proof of possession). With DPoP, every request " +
    "requires a new proof. The DPoP header contains the proof: a JWT, signed with the key, for the request's " +
    "method and address. The server rejects a token without the proof. A token that is sent with the scheme Bearer " +
    "is also rejected. Some providers, such as Okta, require DPoP for new clients by default.",
  fix: [
    { text: "send a DPoP header with a new proof for the method and address of each request", safety: "check first" },
    { text: "alternatively, disable the DPoP requirement in the client's settings", safety: "check first" },
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
  title: "The DPoP proof must contain the nonce from the server's response",
  explanation:
    "The server requires each proof to contain its nonce, which this response provides in the header DPoP-Nonce. A " +
    "client's first request cannot contain the nonce. The next request must contain the nonce, and each response " +
    "may provide a new one.",
  fix: [
    {
      text: "create a new proof with the nonce from the response, and send the request again",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [rfc(9449, "8"), rfc(9449, "9")],
  rivals: [],
  soleCause: rfc(9449, "8"),
  details: { proofNonce: "The proof does not contain the server's nonce, or contains an outdated nonce." },
})

const signature = stated({
  code: "HF-OAUTH-BEARER-009",
  title: "The signature of the access token cannot be verified with its issuer's keys",
  explanation:
    "The resource verifies the token with the issuer's published keys, and no key matches. The token is from " +
    "another issuer or environment, was changed in transit, or was signed with a retired key. The token may also " +
    "be intended for another API, in which case this resource must not verify it.",
  fix: [
    {
      text: "compare the token's issuer and key id (kid) with the issuer and the keys that the resource loads",
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
  title: "The resource requires a stronger or newer sign-in: pass its challenge to the sign-in",
  explanation:
    "The token is valid, but the sign-in that produced it is not sufficient. The sign-in may lack a second factor " +
    "or be too old. A policy or the account may also have changed (claims challenge, step-up authentication). The " +
    "response states what is required. The requirement is in claims, acr_values or max_age. A refresh without the " +
    "values from the challenge gets the same response.",
  fix: [
    { text: "start a new sign-in with the claims, acr_values or max_age from the challenge", safety: "check first" },
  ],
  change: "human",
  links: [
    rfc(9470, "3"),
    "https://learn.microsoft.com/entra/identity-platform/claims-challenge",
    "https://learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation",
  ],
  rivals: [],
  soleCause: rfc(9470, "3"),
  details: {
    claims:
      "The challenge requires more than this token's sign-in provided: claims, a second factor, or a newer sign-in.",
  },
})

const notYet = stated({
  code: "HF-OAUTH-BEARER-011",
  title: "The access token is not yet valid according to the resource's clock, because a clock is wrong",
  explanation:
    "A token becomes valid at the time in nbf or iat. The clocks of the issuer and the resource may differ by more " +
    "than the resource permits. In that case, the resource rejects a new token for some seconds or minutes.",
  fix: [
    {
      text: "synchronize the clocks of the issuer and the resource (NTP), and tolerate a difference of a minute or two",
      safety: "check first",
    },
  ],
  change: "clock",
  links: [rfc(7519, "4.1.5")],
  rivals: ["HF-OAUTH-BEARER-003"],
  details: { tokenNotYet: "The token becomes valid later than the current time on the resource's clock." },
})

const clientHeader = stated({
  code: "HF-OAUTH-BEARER-012",
  title: "The header with the client id or tenant id is missing, or its id does not belong to the token",
  explanation:
    "Some APIs require the client id in a separate header. Examples are Client-Id at Twitch, x-api-key at Adobe, " +
    "and trakt-api-key at Trakt. Xero requires the organization in xero-tenant-id. The id in the header must " +
    "belong to the token. The token must have been issued to this client or tenant.",
  fix: [{ text: "send the header with the id of the client to which the token was issued", safety: "check first" }],
  change: "plan",
  links: [
    "https://dev.twitch.tv/docs/api/guide/",
    "https://developer.adobe.com/developer-console/docs/guides/authentication/",
  ],
  rivals: ["HF-OAUTH-BEARER-003"],
  most: "likely",
  details: {
    clientHeader:
      "The API requires a header with the client id (Xero: the tenant id, xero-tenant-id). The header is missing, " +
      "or contains an id that the token does not have access to.",
  },
})

/** All rules for valid access tokens that a resource rejects. */
export const token = [audience, issuer, proof, nonce, signature, claims, notYet, clientHeader] as const
