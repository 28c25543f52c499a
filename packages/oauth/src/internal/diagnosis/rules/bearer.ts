/**
 * Rules for access tokens that a resource rejects (RFC 6750).
 */
import { isWithoutPermission, scopeMissing } from "./bearerScope.ts"
import { cleared, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { OAuthFacts } from "../facts.ts"
import { isGraphsElsewhere, isUnread, means, rfc, says, sentHeader, shown, topic, word } from "../rule.ts"

const rule = topic("bearer")

const errors = rfc(6750, "3.1")

/** Whether the response concerns a token and is not explained by a provider's package. */
const isAboutToken = (facts: OAuthFacts): boolean =>
  facts.dialect === undefined &&
  (facts.purpose === "resource" || facts.purpose === undefined) &&
  (says(facts, "invalid_token") ||
    means(facts, "noToken", "tokenExpired", "tokenRefused", "tokenRevoked", "tokenMalformed") ||
    (facts.answer.status === 401 && facts.issuer !== undefined && facts.answer.meaning === undefined) ||
    (facts.answer.status === 401 && (facts.answer.form === "detailed" || says(facts, "", "invalid_request"))))

const scheme = ({ header }: OAuthFacts): string | undefined => /^([\w-]+)\s/.exec(header("authorization") ?? "")?.[1]

/** The minimum length of a token in bytes. A server is unlikely to issue a shorter token. */
const shortest = 16

/** Authentication schemes other than Bearer that providers accept. */
const ownSchemes: Readonly<Record<string, RegExp>> = {
  GitHub: /^(?:token|basic)$/i,
  GitLab: /^basic$/i,
  Discord: /^bot$/i,
  Okta: /^ssws$/i,
  Google: /^oauth$/i,
  Salesforce: /^oauth$/i,
  Facebook: /^oauth$/i,
  Zoho: /^zoho-oauthtoken$/i,
  Dropbox: /^basic$/i,
  Atlassian: /^(?:basic|jwt)$/i,
  Twitch: /^oauth$/i,
  X: /^(?:oauth|basic)$/i,
  Shopify: /^basic$/i,
  Vimeo: /^basic$/i,
  Yahoo: /^oauth$/i,
}

/** Whether the challenge offers the given scheme, which must not be Bearer or DPoP. */
const offers = ({ answer }: OAuthFacts, scheme: string): boolean =>
  !/^(?:Bearer|DPoP)$/i.test(scheme) &&
  (answer.header("www-authenticate") ?? "")
    .toLowerCase()
    .split(/[\s,]+/)
    .includes(scheme.toLowerCase())

/**
 * Whether the request sends a Discord bot token with the Bearer scheme, judged by the length of the token. User tokens have
 * 30 characters. Bot tokens have at least 59 characters and use their own scheme.
 */
const isBotToken = ({ header, issuer }: OAuthFacts, token: string): boolean =>
  issuer?.name === "Discord" && /^Bearer\b/i.test(header("authorization") ?? "") && Redaction.bytesOf(token) > 50

/** Matches headers in which some providers accept their own tokens. Examples are the headers of GitLab and Shopify. */
const own = /^(?:private-token|job-token|x-(?:[a-z]{1,20}-)?(?:access-|auth-)?token|(?:x-)?api-key|x-api-key|cookie)$/i

const sendsElsewhere = ({ exchange }: OAuthFacts): boolean =>
  Object.keys(exchange.request?.headers ?? {}).some((name) => own.test(name))

/**
 * Returns the sentence that is added to the detail if the address contains an API key. Google accepts such a key only for
 * public data.
 */
const keyInAddress = ({ url }: OAuthFacts): string =>
  ["key", "api_key", "apikey"].some((name) => url?.searchParams.has(name) === true)
    ? " An API key in the address identifies only the application; private data requires an access token for the user (OAuth)."
    : ""

const noToken = rule({
  code: "HF-OAUTH-BEARER-001",
  title: "The server did not receive an access token: the request does not contain one, or it was lost in transit",
  explanation:
    "The resource requires a bearer token, but the Authorization header is missing or does not use an accepted " +
    "scheme. The header is also missing if a client dropped it when following a redirect, or if the variable for " +
    "the token was not set. Apache passes the Authorization header to applications only with WSGIPassAuthorization " +
    "or CGIPassAuth, and proxies may remove the header.",
  fix: [{ text: "send Authorization: Bearer followed by a space and the access token", safety: "safe to apply" }],
  change: "token",
  links: [rfc(6750, "2.1"), errors],
  rivals: ["HF-OAUTH-BEARER-002", "HF-OAUTH-BEARER-003"],
  find: (facts) => {
    if (!isAboutToken(facts)) return undefined
    if (!facts.hasRequest)
      return means(facts, "noToken")
        ? found({
            confidence: "likely",
            detail: "The server reports that the request did not contain a token.",
            evidence: word(facts),
          })
        : unseen("the headers of the request")
    const inQuery = facts.url?.searchParams.has("access_token") === true || facts.field("access_token") !== undefined
    const inBody = facts.field("token")
    const isRead = inBody !== undefined && facts.encoding !== "json"
    if (
      facts.header("authorization") !== undefined &&
      means(facts, "noToken") &&
      facts.answer.meaning?.source === undefined
    )
      return found({
        confidence: "likely",
        detail:
          "The request has an Authorization header, but the server reports that credentials are missing. An " +
          "intermediary removed the header (Apache, a proxy, a redirect), or the server expects another scheme.",
        evidence: [...sentHeader(facts, "authorization"), ...word(facts)],
      })
    if (facts.header("authorization") !== undefined || inQuery || isRead || sendsElsewhere(facts))
      return cleared("token sent", "the request carries one")
    return found({
      // A server that names an error has read a token (RFC 6750, section 3.1). Otherwise the capture omits its header.
      confidence: says(facts, "invalid_token") && !means(facts, "noToken") ? "likely" : "certain",
      detail:
        inBody === undefined
          ? `The request does not have an Authorization header.${keyInAddress(facts)}`
          : "The request does not have an Authorization header; the token is in the body, where the server does not read it (Slack: " +
            "not in JSON).",
      evidence: [...word(facts), ...shown(inBody, "in the header Authorization: Bearer")],
      about: ["no"],
    })
  },
})

const malformedToken = rule({
  code: "HF-OAUTH-BEARER-002",
  title: "The Authorization header does not contain a bearer token",
  explanation:
    "The header must consist of the word Bearer, one space, and the unchanged token, without quotes or line " +
    "breaks. A refresh token, a client secret, or a word such as `undefined` in place of the access token is " +
    "rejected as well.",
  fix: [{ text: "send exactly: Bearer, a space, the access token", safety: "check first" }],
  change: "token",
  links: [rfc(6750, "2.1")],
  rivals: ["HF-OAUTH-BEARER-003"],
  find: (facts) => {
    if (!isAboutToken(facts)) return undefined
    const header = facts.header("authorization")
    if (header === undefined) {
      return !facts.hasRequest && means(facts, "tokenMalformed") && facts.answer.meaning?.source === undefined
        ? found({
            confidence: "likely",
            detail: "The server cannot read the token: it is truncated, quoted, or not a JWT.",
            evidence: word(facts),
          })
        : undefined
    }
    const used = scheme(facts)
    // An expiry after the token shows that its form is valid.
    const token = header
      .slice(used?.length ?? 0)
      .replace(/; (?:exp=\d+(?:; aud=graph)?|an object|not base64)$/, "")
      .trim()
    if (header.endsWith("; an object")) {
      return found({
        confidence: "certain",
        detail:
          "The scheme is not followed by a token: the whole token response, the printed form of an object, or a " +
          "token in quotation marks was sent.",
        evidence: [...sentHeader(facts, "authorization", "only the access_token"), ...word(facts)],
      })
    }
    if (isBotToken(facts, token)) {
      return found({
        confidence: "likely",
        detail:
          "The token is longer than a user's token, so it is probably a bot token. Discord accepts a bot token " +
          "only with the scheme Bot, not with Bearer.",
        evidence: [...sentHeader(facts, "authorization", "Bot and the token"), ...word(facts)],
      })
    }
    // A server may accept several schemes.
    if (used !== undefined && offers(facts, used)) return undefined
    if (used !== undefined && ownSchemes[facts.issuer?.name ?? ""]?.test(used) === true) return undefined
    if (used === undefined || !/^(?:Bearer|DPoP)$/i.test(used)) {
      return found({
        confidence: facts.answer.challenge === undefined ? "likely" : "certain",
        detail:
          used === undefined
            ? "The Authorization header has no scheme."
            : `The Authorization header uses the scheme ${used}.`,
        evidence: [...sentHeader(facts, "authorization", "Bearer and the token"), ...word(facts)],
      })
    }
    if (Redaction.has(token, "blanks")) {
      return found({
        confidence: "certain",
        detail: /^Bearer\b/i.test(token)
          ? "The word Bearer appears twice, because it was added to a token that already started with it."
          : "The token contains a space or a line break.",
        evidence: [...sentHeader(facts, "authorization", "no spaces"), ...word(facts)],
      })
    }
    if (facts.tokenEnds === undefined && Redaction.bytesOf(token) < shortest) {
      return found({
        confidence: "likely",
        detail: `The token is only ${Redaction.bytesOf(token)} bytes long: it was truncated, or this server did not issue it.`,
        evidence: [...sentHeader(facts, "authorization"), ...word(facts)],
      })
    }
    // A provider's code covers more than the form. A sentence concerns the form alone.
    if (means(facts, "tokenMalformed") && facts.answer.meaning?.source === undefined) {
      return found({
        confidence: "likely",
        detail:
          "The server cannot read the token as a JWT, because it is truncated, quoted, or of another type. " +
          "Examples of other token types are an opaque token, an ID token, and a secret.",
        evidence: [...word(facts), ...sentHeader(facts, "authorization")],
      })
    }
    return undefined
  },
})

const expiredToken = rule({
  code: "HF-OAUTH-BEARER-003",
  title: "The access token is not valid: it has expired, was revoked, or belongs to another server",
  explanation:
    "The token is well-formed but not valid, or no longer valid. The lifetime of the token (expires_in) has " +
    "passed, or the sign-in was ended. The sign-in may have been ended by the user or by the repeated use of a " +
    "code or refresh token. Some servers also revoke the old token on a refresh. Some other tokens get the same " +
    "response. Examples of invalid tokens are a token from another server, environment or application, an " +
    "incompletely copied token, and a token of the wrong type.",
  fix: [
    { text: "refresh the token once, and send the request again with the new one", safety: "safe to apply" },
    { text: "if the new token is also rejected, sign in again", safety: "check first" },
  ],
  change: "token",
  links: [errors],
  rivals: ["HF-OAUTH-BEARER-001", "HF-OAUTH-BEARER-002"],
  find: (facts) => {
    if (!isAboutToken(facts)) return undefined
    if (facts.hasRequest && facts.header("authorization") === undefined && !sendsElsewhere(facts)) return undefined
    if (isWithoutPermission(facts)) return undefined
    const { now, tokenEnds } = facts
    const age = now === undefined || tokenEnds === undefined ? undefined : Math.round((now - tokenEnds) / 1000)
    if (age !== undefined && age < 0) {
      if (isGraphsElsewhere(facts)) return undefined
      return found({
        // A message that no rule knows may name another cause.
        confidence: !isUnread(facts) ? "likely" : "possible",
        detail:
          `According to its own expiry, the token is valid for another ${-age} s, so it was revoked, or another server ` +
          "issued it.",
        evidence: [...sentHeader(facts, "authorization"), ...word(facts)],
      })
    }
    return found({
      confidence: age === undefined ? "likely" : "certain",
      detail:
        age === undefined
          ? /expired|lifetime/i.test(`${facts.answer.description} ${facts.answer.written}`)
            ? "The server reports that the token has expired."
            : means(facts, "tokenRevoked")
              ? "The server reports that the token was revoked, or that its session has ended."
              : "The server rejects the token without stating whether it has expired or was revoked."
          : `The token expired ${age} s before this response.`,
      evidence: [...word(facts), ...sentHeader(facts, "authorization")],
      about: ["expired", "revoked"],
    })
  },
})

/** All rules for access tokens that a resource rejects. */
export const bearer = [noToken, malformedToken, expiredToken, scopeMissing] as const
