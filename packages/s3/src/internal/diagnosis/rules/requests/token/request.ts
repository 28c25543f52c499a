/**
 * Rules for session token problems that are visible in the request.
 */
import { cleared, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { hasNoSessions, isMute, looksLikeSession, refusals, rule, theKey } from "./topic.ts"

const withToken = {
  text: "sign with all three credentials: key id, secret and session token",
  safety: "safe to apply",
} as const

/** The location of the authentication in the request, as evidence. */
const place = (facts: S3Facts): string =>
  Asked.signedIn(facts) === "header" ? "request.headers.x-amz-security-token" : "request.url?X-Amz-Security-Token"

/** Parameters and headers that were meant to contain the token. */
const misnamed = ({ exchange, url }: S3Facts): string | undefined =>
  [...(url?.searchParams.keys() ?? []), ...Object.keys(exchange.request?.headers ?? {})].find((name) =>
    /^(?:x-?)?(?:amz-?|aws-?)?(?:security|session)-?token$/i.test(name),
  )

export const tokenMissing = rule({
  code: "HF-S3-AUTH-001",
  name: "TokenMissing",
  phase: "credentials",
  title: "The key is temporary, but its session token is missing",
  explanation:
    "Session credentials (from STS, a role or an instance profile) consist of three values, and only the token " +
    "proves that the key exists. Without X-Amz-Security-Token, the server searches its long-lived keys for the key " +
    "id and does not find it. Amazon's temporary key ids begin with ASIA. Key ids from most other servers do not " +
    "show whether they are temporary.",
  fix: [withToken],
  change: "url",
  links: [links.sessions, links.keyIds],
  rivals: ["HF-S3-POST-011", "HF-S3-POST-021", "HF-S3-POST-022", "HF-S3-AUTH-006", "HF-S3-AUTH-007"],
  inspect: (facts) => {
    if (facts.proof === "form" || Asked.signedIn(facts) === undefined) return undefined
    const token = Asked.tokenOf(facts)
    const kind = Asked.keyKindOf(facts)
    if (token !== undefined && token.value !== "")
      return cleared("session token", `present, ${bytesOf(token.value)} bytes`)
    if (kind === "long-lived") return cleared("session token", "not needed because the key is long-lived")
    if (kind !== "temporary") return undefined
    const other = misnamed(facts)
    return found({
      confidence: "certain",
      detail: `The key id belongs to a session, but the request has ${token === undefined ? "no" : "an empty"} X-Amz-Security-Token${
        other === undefined ? "" : `; the server does not read the token from ${other}`
      }.`,
      evidence: [
        ...theKey(facts),
        {
          at: place(facts),
          name: "X-Amz-Security-Token",
          observed: token === undefined ? "missing" : "empty",
          expected: "the session's token",
        },
      ],
      about: ["X-Amz-Security-Token"],
    })
  },
  recognise: (facts): Finding | undefined => {
    if (facts.proof === "form" || facts.proof === "nothing" || hasNoSessions(facts)) return undefined
    const kind = Asked.keyKindOf(facts)
    if (kind === "long-lived" || Asked.tokenOf(facts) !== undefined) return undefined
    if (!facts.hasRequest) {
      if (!Asked.said(facts, "InvalidAccessKeyId")) return undefined
      return found({
        confidence: kind === "temporary" ? "likely" : "possible",
        detail:
          kind === "temporary"
            ? "The key id belongs to a session, but the request had no session token or sent it in a place that the server does not read."
            : "If the key belongs to a session, its token is missing or is in a place that the server does not read.",
        evidence: [...Asked.theCode(facts), ...theKey(facts)],
      })
    }
    const refused = Asked.said(facts, ...refusals)
    if (!refused && !Asked.said(facts, "InvalidAccessKeyId") && !(isMute(facts) && looksLikeSession(facts)))
      return undefined
    return found({
      confidence: refused || looksLikeSession(facts) ? "likely" : "possible",
      detail: looksLikeSession(facts)
        ? "The length of the key id is typical of a session key, but the request has no X-Amz-Security-Token."
        : "The request has no X-Amz-Security-Token, and the server does not recognize a session key without this token.",
      evidence: [
        ...theKey(facts),
        {
          at: place(facts),
          name: "X-Amz-Security-Token",
          observed: "missing",
          expected: "the session token, if the key belongs to a session",
        },
      ],
    })
  },
})

export const tokenDamaged = rule({
  code: "HF-S3-AUTH-002",
  name: "TokenDamaged",
  phase: "credentials",
  title: "The session token was damaged in transit: it contains spaces or percent signs",
  explanation:
    'A session token is base64. A "+" that is not encoded as %2B becomes a space in a query; a token that is ' +
    "encoded twice still contains percent signs. The server cannot decode the damaged token, even if the signature is " +
    "correct.",
  fix: [{ text: "encode the token exactly once: + as %2B, / as %2F and = as %3D", safety: "safe to apply" }],
  change: "url",
  links: [links.sessions],
  rivals: ["HF-S3-AUTH-001", "HF-S3-AUTH-006"],
  inspect: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    if (token === undefined || token.value === "") return undefined
    const blanks = has(token.value, "blanks")
    const percent = has(token.value, "percent")
    if (!blanks && !percent) return undefined
    return found({
      confidence: "certain",
      detail: blanks
        ? 'The token has spaces in place of "+".'
        : "The token contains percent signs: it was encoded twice.",
      evidence: [
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value, expected: "base64, encoded once" },
      ],
      about: ["X-Amz-Security-Token"],
    })
  },
  recognise: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    const arrived = facts.answer.element("Token-0")
    if (token === undefined || arrived === undefined || arrived === token.value) return undefined
    return found({
      confidence: "certain",
      detail: `The request contained a token of ${bytesOf(token.value)} bytes, but the server received a token of ${bytesOf(arrived)} bytes.`,
      evidence: [
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value },
        { at: "response.body.Token-0", name: "Token-0", observed: arrived, expected: "the same" },
      ],
    })
  },
})

export const tokenAppended = rule({
  code: "HF-S3-AUTH-003",
  name: "TokenAppended",
  phase: "credentials",
  title: "The session token was appended to the URL after it was signed",
  explanation:
    "The session token must be covered by the signature. Signers add the token to the query before the signature, " +
    "in alphabetical order. A token that follows X-Amz-Signature was added after signing, so the signature does " +
    "not cover it. Servers then report that the signature does not match or that the key is unknown.",
  fix: [{ ...withToken, text: "pass the token to the signer instead of appending it to the signed URL" }],
  change: "url",
  links: [links.querySigning],
  inspect: (facts) => {
    const { url } = facts
    if (url === undefined || facts.proof === "form" || Asked.queryVersion(facts) !== 4) return undefined
    const names = [...url.searchParams.keys()].map((name) => name.toLowerCase())
    const token = names.indexOf("x-amz-security-token")
    const signature = names.indexOf("x-amz-signature")
    if (token === -1 || signature === -1 || token < signature) return undefined
    return found({
      confidence: "likely",
      detail: `X-Amz-Security-Token (parameter ${token + 1}) follows X-Amz-Signature (parameter ${signature + 1}).`,
      evidence: [Asked.inQuery(facts, "X-Amz-Security-Token", "before X-Amz-Signature")],
      about: ["X-Amz-Security-Token"],
    })
  },
})

export const tokenOfAnotherKey = rule({
  code: "HF-S3-AUTH-006",
  name: "TokenOfAnotherKey",
  phase: "credentials",
  title: "A session token was sent with a long-lived key",
  explanation:
    "A key id that begins with AKIA belongs to a user and does not have a session token. If the request also has a " +
    "session token, the credentials were mixed: the key comes from one source, such as environment variables, and " +
    "the token from another.",
  fix: [{ text: "take all credentials from one source, and unset the old AWS_SESSION_TOKEN", safety: "check first" }],
  change: "url",
  links: [links.keyIds],
  inspect: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    if (token === undefined || token.value === "" || Asked.keyKindOf(facts) !== "long-lived") return undefined
    return found({
      confidence: "likely",
      detail: "The key id belongs to a user, but the request has a session token.",
      evidence: [
        ...theKey(facts),
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value, expected: "none" },
      ],
      about: ["X-Amz-Security-Token"],
    })
  },
})
