/**
 * Keys of sessions and their tokens, in URLs and in signed headers.
 */
import { cleared, type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("url-token")

const withToken = {
  text: "sign with all three credentials: key id, secret and session token",
  safety: "safe to apply",
} as const

/** Codes that refuse a token. */
const refusals = ["InvalidToken", "InvalidTokenId", "InvalidSecurity", "InvalidClientTokenId"]

/** Where the proof of the request stands, in evidence. */
const place = (facts: S3Facts): string =>
  Asked.signedIn(facts) === "header" ? "request.headers.x-amz-security-token" : "request.url?X-Amz-Security-Token"

const theKey = (facts: S3Facts): ReadonlyArray<Evidence> => {
  const { credential, keyId } = facts
  if (keyId !== undefined) {
    const at =
      credential?.at ??
      (Asked.signedIn(facts) === "query" ? "request.url?AWSAccessKeyId" : "request.headers.authorization")
    return [{ at, name: "key id", observed: keyId }]
  }
  return Asked.inAnswer(facts, "AWSAccessKeyId")
}

/** An answer with which servers that tell little refuse the key: they never got as far as the bucket. */
const isMute = ({ answer }: S3Facts): boolean =>
  answer.code === "AccessDenied" && answer.message === "" && answer.element("BucketName") === undefined

/** The length of the key ids that Ceph gives to sessions; those of users have 20. */
const lengthOfCephSessionKeys = 19

const looksLikeSession = (facts: S3Facts): boolean =>
  Asked.keyKindOf(facts) === "untold" && bytesOf(facts.keyId ?? "") === lengthOfCephSessionKeys

/** Parameters and headers that were meant to be the token. */
const misnamed = ({ exchange, url }: S3Facts): string | undefined =>
  [...(url?.searchParams.keys() ?? []), ...Object.keys(exchange.request?.headers ?? {})].find((name) =>
    /^(?:x-?)?(?:amz-?|aws-?)?(?:security|session)-?token$/i.test(name),
  )

/** The key of a session without its token. */
export const tokenMissing = rule({
  code: "HF-S3-AUTH-001",
  name: "TokenMissing",
  phase: "credentials",
  title: "The key is a temporary one and its session token is missing",
  explanation:
    "Keys of a session (STS, roles, instance profiles) are three values, and the token is the one that says that the key " +
    "exists. Without X-Amz-Security-Token the server looks the key id up among the long-lived ones and does not know it. " +
    "Amazon's temporary key ids begin with ASIA; other servers give no hint.",
  fix: [withToken],
  change: "url",
  links: [links.sessions, links.keyIds],
  inspect: (facts) => {
    if (facts.proof === "form" || Asked.signedIn(facts) === undefined) return undefined
    const token = Asked.tokenOf(facts)
    const kind = Asked.keyKindOf(facts)
    if (token !== undefined && token.value !== "")
      return cleared("session token", `there, ${bytesOf(token.value)} bytes`)
    if (kind === "long-lived") return cleared("session token", "none needed, the key is a long-lived one")
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
    if (facts.proof === "form" || facts.proof === "nothing") return undefined
    const kind = Asked.keyKindOf(facts)
    if (kind === "long-lived" || Asked.tokenOf(facts) !== undefined) return undefined
    if (!facts.hasRequest) {
      if (!Asked.said(facts, "InvalidAccessKeyId")) return undefined
      return found({
        confidence: kind === "temporary" ? "likely" : "possible",
        detail:
          kind === "temporary"
            ? "The key id is that of a session: the request had no token, or had it where it is not read."
            : "If the key is that of a session, the token is missing or stands where it is not read.",
        evidence: [...Asked.theCode(facts), ...theKey(facts)],
      })
    }
    const refused = Asked.said(facts, ...refusals)
    if (!refused && !Asked.said(facts, "InvalidAccessKeyId") && !(isMute(facts) && looksLikeSession(facts)))
      return undefined
    return found({
      confidence: refused || looksLikeSession(facts) ? "likely" : "possible",
      detail: looksLikeSession(facts)
        ? "The key id has the length of a session's, and the request has no X-Amz-Security-Token."
        : "The request has no X-Amz-Security-Token; a key of a session is unknown without it.",
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

/** A token with marks of a journey in it. */
export const tokenDamaged = rule({
  code: "HF-S3-AUTH-002",
  name: "TokenDamaged",
  phase: "credentials",
  title: "The session token was damaged on its way: blanks or percent signs stand in it",
  explanation:
    'A session token is base64. A "+" that is not encoded as %2B becomes a blank in a query; a token that is encoded twice ' +
    "keeps its percent signs. The server cannot open what is left, whoever signed it.",
  fix: [{ text: "encode the token exactly once, + as %2B, / as %2F, = as %3D", safety: "safe to apply" }],
  change: "url",
  links: [links.sessions],
  inspect: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    if (token === undefined || token.value === "") return undefined
    const blanks = has(token.value, "blanks")
    const percent = has(token.value, "percent")
    if (!blanks && !percent) return undefined
    return found({
      confidence: "certain",
      detail: blanks
        ? 'The token has blanks where "+" must have been.'
        : "The token has percent signs in it: it was encoded twice.",
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
      detail: `The server received a token of ${bytesOf(arrived)} bytes, and ${bytesOf(token.value)} were sent.`,
      evidence: [
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value },
        { at: "response.body.Token-0", name: "Token-0", observed: arrived, expected: "the same" },
      ],
    })
  },
})

/** A token behind the signature: whoever signed did not have it. */
export const tokenAppended = rule({
  code: "HF-S3-AUTH-003",
  name: "TokenAppended",
  phase: "credentials",
  title: "The session token was appended to the URL after it was signed",
  explanation:
    "The token is part of what is signed. Signers write it before the signature, in the order of the alphabet; a token that " +
    "stands behind X-Amz-Signature was put there by somebody else, and the signature does not cover it. Servers then say " +
    "that the signature does not match, or that they do not know the key.",
  fix: [{ ...withToken, text: "give the token to the signer, not to the URL that it made" }],
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
      detail: `X-Amz-Security-Token is parameter ${token + 1}, behind X-Amz-Signature, which is parameter ${signature + 1}.`,
      evidence: [Asked.inQuery(facts, "X-Amz-Security-Token", "before X-Amz-Signature")],
      about: ["X-Amz-Security-Token"],
    })
  },
})

/** The session is over, whatever the URL says. */
export const sessionEnded = rule({
  code: "HF-S3-AUTH-004",
  name: "SessionEnded",
  phase: "credentials",
  title: "The session behind the signature has ended, or its token was altered",
  explanation:
    "A URL that was signed with the keys of a session dies with the session, however much of X-Amz-Expires is left: " +
    "instance profiles renew theirs every few hours, a role's lasts at most twelve. Amazon says ExpiredToken; Ceph forgets " +
    "the key and says InvalidAccessKeyId, and says the same of a token that it cannot open.",
  fix: [
    { text: "sign anew, with credentials that outlive the URL", safety: "safe to apply" },
    { text: "for URLs of many hours sign with a long-lived key", safety: "check first" },
  ],
  change: "url",
  links: [links.presigned, links.sessions],
  recognise: (facts) => {
    const { clock } = facts
    const validity = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts) : undefined
    const isOver = validity !== undefined && clock.judge !== undefined && validity.until < clock.judge
    const token = Asked.tokenOf(facts)
    const observed: ReadonlyArray<Evidence> = [
      ...Asked.theCode(facts),
      ...(token === undefined ? [] : [{ at: token.at, name: "X-Amz-Security-Token", observed: token.value }]),
      ...(validity === undefined ? [] : [Asked.inQuery(facts, "X-Amz-Expires")]),
    ]
    if (
      Asked.said(
        facts,
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "InvalidSessionException",
        "SecurityTokenExpired",
      )
    ) {
      if (isOver || /signature expired/i.test(facts.answer.element("Details") ?? "")) return undefined
      const left = validity === undefined || clock.judge === undefined ? undefined : validity.until - clock.judge
      return found({
        confidence: token === undefined ? "likely" : "certain",
        detail:
          left === undefined
            ? "The server says that the token is over."
            : `The URL itself has ${Asked.span(left)} left; the token has none.`,
        evidence: observed,
      })
    }
    if (facts.proof === "form" || token === undefined || token.value === "" || isOver) return undefined
    if (Asked.said(facts, "InvalidArgument") && facts.answer.message === "") {
      return found({
        confidence: "possible",
        detail: "The token is there, and the server cannot read something in the request without saying what.",
        evidence: observed,
      })
    }
    if (!Asked.said(facts, "InvalidAccessKeyId", "InvalidClientTokenId") && !isMute(facts)) return undefined
    return found({
      confidence: "likely",
      detail:
        "The token is there, and the server does not know the key: the session is over, or the token is not the key's.",
      evidence: observed,
    })
  },
})

/** A token that the server does not take. */
export const tokenRefused = rule({
  code: "HF-S3-AUTH-005",
  name: "TokenRefused",
  phase: "credentials",
  title: "The session token is not one that the server can open",
  explanation:
    "The token was cut short, belongs to another key, or was given out by another service than the one that is asked. A " +
    "token cannot be repaired; the three values of a session belong together.",
  fix: [
    { text: "take key id, secret and token from one and the same answer", safety: "check first" },
    { text: "look whether something cuts long values: a variable, a column, a header limit", safety: "check first" },
  ],
  change: "token",
  links: [links.sessions],
  recognise: (facts) => {
    if (!Asked.said(facts, ...refusals)) return undefined
    const token = Asked.tokenOf(facts)
    const isAbsent = facts.hasRequest && facts.proof !== "form" && token === undefined
    if (isAbsent && Asked.keyKindOf(facts) !== "long-lived") return undefined
    return found({
      confidence: isAbsent ? "possible" : "likely",
      detail:
        token === undefined
          ? "The server says that the token is not a valid one."
          : `The token has ${bytesOf(token.value)} bytes and no sign of a wrong encoding.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(token === undefined ? [] : [{ at: token.at, name: "X-Amz-Security-Token", observed: token.value }]),
      ],
    })
  },
})

/** A token beside a key that needs none. */
export const tokenOfAnotherKey = rule({
  code: "HF-S3-AUTH-006",
  name: "TokenOfAnotherKey",
  phase: "credentials",
  title: "A session token was sent with a long-lived key",
  explanation:
    "A key id that begins with AKIA belongs to a user and has no token. When a token is sent with it, the three values were " +
    "mixed: the key from one place, as from variables of the environment, the token from another.",
  fix: [{ text: "take all credentials from one place; unset the stale AWS_SESSION_TOKEN", safety: "check first" }],
  change: "url",
  links: [links.keyIds],
  inspect: (facts) => {
    const token = facts.proof === "form" ? undefined : Asked.tokenOf(facts)
    if (token === undefined || token.value === "" || Asked.keyKindOf(facts) !== "long-lived") return undefined
    return found({
      confidence: "likely",
      detail: "The key id is that of a user, and the request has a session token.",
      evidence: [
        ...theKey(facts),
        { at: token.at, name: "X-Amz-Security-Token", observed: token.value, expected: "none" },
      ],
      about: ["X-Amz-Security-Token"],
    })
  },
})

/** A key that the server does not know. */
export const keyUnknown = rule({
  code: "HF-S3-AUTH-007",
  name: "KeyUnknown",
  phase: "credentials",
  title: "The server does not know this access key",
  explanation:
    "The key was deleted, mistyped, or belongs elsewhere: another account, another partition (China, GovCloud), or another " +
    "server that speaks S3. A key is known to the endpoint of its own service only.",
  fix: [
    {
      text: "compare the key id with the list of keys of the account that the endpoint belongs to",
      safety: "check first",
    },
    { text: "look whether the endpoint is the one that the key was made for", safety: "check first" },
  ],
  change: "url",
  links: [links.keyIds],
  recognise: (facts) => {
    const { answer } = facts
    const worded = /no such (?:access )?key:|access key .{0,40}(?:not (?:exist|found|valid)|length)/i.test(
      answer.message,
    )
    if (facts.proof === "form") return undefined
    // R2 says no more than this to a signed request.
    const unauthorized = Asked.said(facts, "Unauthorized") && Asked.signedIn(facts) !== undefined
    const stated = Asked.said(facts, "InvalidAccessKeyId", "InvalidClientTokenId") || worded || unauthorized
    if (!stated) return undefined
    const kind = Asked.keyKindOf(facts)
    const token = Asked.tokenOf(facts)
    if (kind === "temporary" && facts.hasRequest && token === undefined) return undefined
    const sure = token === undefined && kind !== "temporary" && !looksLikeSession(facts)
    return found({
      confidence: sure && (facts.hasRequest || kind === "long-lived" || worded) ? "likely" : "possible",
      detail:
        kind === "long-lived"
          ? "The key id is a long-lived one: it was deleted, mistyped, or is another account's or endpoint's."
          : "The key id was deleted, mistyped, or is another account's or endpoint's.",
      evidence: [...Asked.theCode(facts), ...theKey(facts)],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const urlToken = [
  tokenMissing,
  tokenDamaged,
  tokenAppended,
  tokenOfAnotherKey,
  sessionEnded,
  tokenRefused,
  keyUnknown,
] as const
