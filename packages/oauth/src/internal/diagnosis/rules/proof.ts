/**
 * Rules for the proofs that a grant requires: the PKCE verifier, and assertions with their signatures and times.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { OAuthFacts } from "../facts.ts"
import { means, named, rfc, says, shown, statedIn, surety, topic, word } from "../rule.ts"
import { timeIn } from "../vocabulary.ts"

const rule = topic("grant")
const stated = statedIn("grant")

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

/** Whether a sign-in page rejected a request without PKCE as malformed and did not state a reason. */
const isWithoutChallenge = (facts: OAuthFacts): boolean =>
  facts.purpose === "authorize" &&
  says(facts, "invalid_request") &&
  facts.answer.description === "" &&
  facts.field("response_type")?.value === "code" &&
  facts.field("code_challenge") === undefined

/** The visible problem with the PKCE verifier that was sent (RFC 7636, section 4.1). */
export const verifierFault = ({ field }: OAuthFacts): string | undefined => {
  const value = field("code_verifier")?.value ?? ""
  const length = Redaction.isHidden(value) ? Redaction.bytesOf(value) : value.length
  return length === 0 || (length >= 43 && length <= 128)
    ? undefined
    : `The code_verifier has ${length} characters; RFC 7636 requires 43 to 128.`
}

const verifier = rule({
  code: "HF-OAUTH-GRANT-007",
  title: "The PKCE verifier is missing or does not match the challenge of this sign-in",
  explanation:
    "A sign-in that began with a code_challenge can be completed only with the matching code_verifier. The " +
    "challenge must be the SHA-256 of the verifier in unpadded Base64url. A verifier from another attempt does not " +
    "match, and a verifier may be lost with the browser's session. A challenge that was computed in any other way " +
    "does not match either.",
  fix: [
    {
      text: "store the verifier of each sign-in together with its state, and send the verifier with the code",
      safety: "check first",
    },
    {
      text: "create the challenge with S256, which is the SHA-256 of the verifier in Base64url without padding",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(7636, "4.6"), entra],
  rivals: ["HF-OAUTH-GRANT-004"],
  find: (facts) => {
    if (isWithoutChallenge(facts)) {
      const detail =
        "The sign-in requests a code without a code_challenge, but many servers and registrations require PKCE. " +
        "The server does not report what is missing."
      return found({ confidence: "possible", detail, evidence: word(facts) })
    }
    const fault = verifierFault(facts)
    if (fault !== undefined && !means(facts, "verifier") && says(facts, "invalid_grant", "invalid_request")) {
      return found({
        confidence: "likely",
        detail: fault,
        evidence: [...shown(facts.field("code_verifier"), "43 to 128 characters"), ...word(facts)],
        about: ["code_verifier", "pkce"],
      })
    }
    if (!means(facts, "verifier")) return undefined
    const sent = facts.field("code_verifier") ?? facts.field("code_challenge")
    const what = !facts.hasRequest
      ? "The verifier is missing or does not match."
      : (sent?.value ?? "") === ""
        ? `The request has no ${facts.purpose === "authorize" ? "code_challenge" : "code_verifier"}.`
        : "The code_verifier does not match the code_challenge of the sign-in."
    return found({
      confidence: surety(facts),
      detail: `${what} ${named(facts)}`,
      evidence: [...word(facts), ...shown(sent)],
      about: ["code_verifier", "pkce"],
    })
  },
})

/** Returns the assertion that a request contains. */
const assertionOf = ({ field }: OAuthFacts) => field("assertion") ?? field("client_assertion")

/** Describes the problem with the times of an assertion, according to the server's clock. */
const timesOf = (facts: OAuthFacts): string | undefined => {
  const assertion = assertionOf(facts)
  if (assertion === undefined || facts.now === undefined) return undefined
  const seconds = (name: "exp" | "iat" | "nbf"): number | undefined => {
    const time = timeIn(assertion.value, name)
    return time === undefined ? undefined : Math.round((time - (facts.now ?? 0)) / 1000)
  }
  const end = seconds("exp")
  const begin = seconds("nbf") ?? seconds("iat")
  if (end !== undefined && end < 0) return `The assertion expired ${-end} s before this response.`
  if (begin !== undefined && begin > 0) return `The assertion becomes valid ${begin} s after this response.`
  return end !== undefined && begin !== undefined && end - begin > 3600
    ? `The assertion is valid for ${end - begin} s, but many servers reject an assertion that is valid for more than an hour.`
    : undefined
}

const clock = rule({
  code: "HF-OAUTH-GRANT-008",
  title: "The times in the signed assertion are not valid: the signer's clock is wrong, or the assertion is too old",
  explanation:
    "An assertion (JWT) is valid from iat or nbf to exp according to the server's clock. Many servers limit this " +
    "period to an hour. A machine with a wrong clock signs assertions that are not valid yet or have already " +
    "expired. A machine that treats local time as UTC, or that reuses an assertion, causes the same error.",
  fix: [
    {
      text: "set the clock of the machine that signs the assertion (NTP), then sign a new assertion",
      safety: "check first",
    },
    { text: "compute iat and exp from the current time in UTC seconds, at most an hour apart", safety: "check first" },
  ],
  change: "clock",
  links: [
    rfc(7523, "3"),
    "https://developers.google.com/identity/protocols/oauth2/service-account#error-codes",
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials",
  ],
  rivals: ["HF-OAUTH-GRANT-009"],
  find: (facts) => {
    if (!means(facts, "assertionClock", "clientAssertionClock", "tokenClock")) return undefined
    const shows = timesOf(facts)
    return found({
      confidence: shows === undefined ? "likely" : surety(facts),
      detail: `${shows ?? "According to the server's clock, the times iat and exp of the assertion are not valid."} ${named(facts)}`,
      evidence: [...word(facts), ...shown(assertionOf(facts))],
      about: ["assertion", "client_assertion", "iat", "exp"],
    })
  },
})

const refused = stated({
  code: "HF-OAUTH-GRANT-009",
  title: "The signed assertion is not accepted: its signature, key, issuer, subject or audience does not match",
  explanation:
    "The server checks the signature of an assertion (JWT) with the keys that are registered for its issuer. The " +
    "server also compares the issuer, subject and audience. The server rejects a key or certificate (thumbprint) " +
    "that was rotated, deleted or never uploaded. Other causes are a key from another account and a federated " +
    "identity with another issuer or subject. The audience must be the address of the token endpoint. Some servers " +
    "send the same error for an expired assertion.",
  fix: [
    {
      text: "check whether the signing key (kid) is still registered for this client or account",
      safety: "check first",
    },
    { text: "compare iss, sub and aud with the server's documentation", safety: "check first" },
  ],
  change: "human",
  links: [rfc(7523, "3"), "https://developers.google.com/identity/protocols/oauth2/service-account#error-codes", entra],
  rivals: ["HF-OAUTH-GRANT-008"],
  most: "likely",
  about: ["assertion", "client_assertion"],
  details: {
    assertionRefused:
      "The server rejected the assertion of the grant because of its content or its signature (a key that was " +
      "deleted or rotated).",
    federated:
      "The application has no federated credential, or the project has no trusted publisher, with this issuer, " +
      "subject and audience. The issuer, subject and audience must match exactly, including upper and lower case. " +
      "These values may depend on the branch, the environment or the pull request, and may change if the workflow " +
      "or repository is renamed.",
    clientAssertionRefused:
      "The server rejected the assertion of the client because of its content or its signature (a key that was " +
      "deleted or rotated).",
  },
})

/** All rules for the proofs that a grant requires. */
export const proof = [verifier, clock, refused] as const
