/**
 * Rules for faults of a session token that the request itself shows.
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

/** The location of the request's authentication, as evidence. */
const place = (facts: S3Facts): string =>
  Asked.signedIn(facts) === "header" ? "request.headers.x-amz-security-token" : "request.url?X-Amz-Security-Token"

/** Parameters and headers that were meant to hold the token. */
const misnamed = ({ exchange, url }: S3Facts): string | undefined =>
  [...(url?.searchParams.keys() ?? []), ...Object.keys(exchange.request?.headers ?? {})].find((name) =>
    /^(?:x-?)?(?:amz-?|aws-?)?(?:security|session)-?token$/i.test(name),
  )

export const tokenMissing = rule({
  code: "HF-S3-AUTH-001",
  name: "TokenMissing",
  phase: "credentials",
  title: "The key is a temporary one and its session token is missing",
  explanation:
    "Session keys (STS, roles, instance profiles) consist of three values, and only the token proves that the key " +
    "exists. Without X-Amz-Security-Token the server looks the key id up among the long-lived ones and does not " +
    "find it. Amazon's temporary key ids begin with ASIA; other servers give no hint.",
  fix: [withToken],
  change: "url",
  links: [links.sessions, links.keyIds],
  rivals: ["HF-S3-POST-011", "HF-S3-POST-021", "HF-S3-POST-022", "HF-S3-AUTH-006", "HF-S3-AUTH-007"],
  inspect: (facts) => {
    if (facts.proof === "form" || Asked.signedIn(facts) === undefined) return undefined
    const token = Asked.tokenOf(facts)
    const kind = Asked.keyKindOf(facts)
    if (token !== undefined && token.value !== "")
      return cleared("session token", `there, ${bytesOf(token.value)} bytes`)
    if (kind === "long-lived") return cleared("session token", "not needed, the key is a long-lived one")
    if (kind !== "temporary") return undefined
    const other = misnamed(facts)
    return found({
      confidence: "certain",
      detail: `The key id is that of a session, and the request has ${token === undefined ? "no" : "an empty"} X-Amz-Security-Token${
        other === undefined ? "" : `; ${other} is not its name`
      }.`,
      evidence: [
        ...theKey(facts),
        {
          at: place(facts),
          name: "X-Amz-Security-Token",
          observed: token === undefined ? "not there" : "empty",
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
            ? "The key id is that of a session: the request had no token, or had it where it is not read."
            : "If the key is that of a session, the token is missing or is where the server does not read it.",
        evidence: [...Asked.theCode(facts), ...theKey(facts)],
      })
    }
    const refused = Asked.said(facts, ...refusals)
    if (!refused && !Asked.said(facts, "InvalidAccessKeyId") && !(isMute(facts) && looksLikeSession(facts)))
      return undefined
    return found({
      confidence: refused || looksLikeSession(facts) ? "likely" : "possible",
      detail: looksLikeSession(facts)
        ? "The key id has the length of a session's, but the request has no X-Amz-Security-Token."
        : "The request has no X-Amz-Security-Token, without which the key of a session is unknown.",
      evidence: [
        ...theKey(facts),
        {
          at: place(facts),
          name: "X-Amz-Security-Token",
          observed: "not there",
          expected: "the session's token, if it is one",
        },
      ],
    })
  },
})

export const tokenDamaged = rule({
  code: "HF-S3-AUTH-002",
  name: "TokenDamaged",
  phase: "credentials",
  title: "The session token was damaged on its way: it contains spaces or percent signs",
  explanation:
    'A session token is base64. A "+" that is not encoded as %2B becomes a space in a query; a token that is ' +
    "encoded twice keeps its percent signs. The server cannot decode the result, even if the signature is " +
    "correct.",
  fix: [{ text: "encode the token exactly once, + as %2B, / as %2F, = as %3D", safety: "safe to apply" }],
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
      detail: `The server received a token of ${bytesOf(arrived)} bytes, but ${bytesOf(token.value)} were sent.`,
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
    "The token is part of what is signed. Signers write it before the signature, in alphabetical order. A token " +
    "after X-Amz-Signature was added after signing, so the signature does not cover it. Servers then report a " +
    "signature that does not match, or an unknown key.",
  fix: [{ ...withToken, text: "give the token to the signer instead of adding it to the signed URL" }],
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
      detail: `X-Amz-Security-Token is parameter ${token + 1}, after X-Amz-Signature, which is parameter ${signature + 1}.`,
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
    "A key id that begins with AKIA belongs to a user and has no token. If a token is sent with it, the three " +
    "values were mixed: the key comes from one source, such as environment variables, and the token from another.",
  fix: [{ text: "take all credentials from one source; unset the stale AWS_SESSION_TOKEN", safety: "check first" }],
  change: "url",
  links: [links.keyIds],
  inspect: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    if (token === undefined || token.value === "" || Asked.keyKindOf(facts) !== "long-lived") return undefined
    return found({
      confidence: "likely",
      detail: "The key id is that of a user, but the request has a session token.",
      evidence: [
        ...theKey(facts),
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value, expected: "none" },
      ],
      about: ["X-Amz-Security-Token"],
    })
  },
})
