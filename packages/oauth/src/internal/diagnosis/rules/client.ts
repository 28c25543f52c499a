/**
 * Rules for clients that the server does not know, or to which it does not permit the request.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Sentences from "../../words/sentences.ts"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, sentHeader, shown, topic, word } from "../rule.ts"

const rule = topic("client")

const clientErrors = [
  "invalid_client",
  "incorrect_client_credentials",
  "bad_client_secret",
  "invalid_client_id",
] as const

/** Messages that servers send with `invalid_request` or 401 for which the RFC has `unauthorized_client` and 400. */
const notForThisClient =
  /not (?:allowed|permitted|authori[sz]ed|enabled|supported) (?:for|to|by) (?:this|the) client|client (?:is )?not (?:allowed|permitted|enabled)|client is not authori[sz]ed/i

/**
 * Whether the status concerns the client: a token endpoint sends 401 only for it (RFC 6749, section 5.2), even without
 * an error code.
 */
const isBareRefusal = ({ answer, field, header, purpose }: OAuthFacts): boolean =>
  answer.status === 401 &&
  answer.error === "" &&
  !answer.isProxys &&
  (purpose === "exchange" || purpose === "refresh" || purpose === "other grant") &&
  (/^Basic\b/i.test(header("authorization") ?? "") || field("client_id") !== undefined)

/**
 * Whether the client itself was rejected. Some servers send `unauthorized_client` with 401 for a wrong secret. For a
 * grant without a person, `access_denied` can only concern the client.
 */
const isClientRefused = (facts: OAuthFacts): boolean =>
  says(facts, ...clientErrors) ||
  means(facts, "secretWrong", "clientMethod") ||
  isBareRefusal(facts) ||
  (says(facts, "access_denied") && facts.purpose === "other grant") ||
  (says(facts, "unauthorized_client") &&
    facts.answer.status === 401 &&
    facts.dialect === undefined &&
    facts.purpose !== "resource" &&
    !notForThisClient.test(facts.answer.description))

const usesHeader = ({ header }: OAuthFacts): boolean => /^Basic\b/i.test(header("authorization") ?? "")

const postsSecret = ({ field }: OAuthFacts): boolean => (field("client_secret")?.value ?? "") !== ""

const twoMethods = rule({
  code: "HF-OAUTH-CLIENT-001",
  title: "The client authenticates twice: in the Authorization header and in the body",
  explanation:
    "A request may use only one method of client authentication. Strict servers reject two even if both are correct.",
  fix: [{ text: "send client_id and client_secret in one place only", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "2.3")],
  rivals: ["HF-OAUTH-CLIENT-002", "HF-OAUTH-CLIENT-003", "HF-OAUTH-CLIENT-004", "HF-OAUTH-CLIENT-005"],
  find: (facts) =>
    !facts.hasRequest && means(facts, "clientTwice")
      ? found({
          confidence: "likely",
          detail: "The server says that the client uses two methods.",
          evidence: word(facts),
        })
      : usesHeader(facts) && postsSecret(facts) && says(facts, ...clientErrors, "invalid_request", "")
        ? found({
            confidence: /\b(?:only one|more than one|multiple|mechanisms|both|twice)\b/i.test(facts.answer.description)
              ? "certain"
              : "likely",
            detail: "There is an Authorization header with Basic, and a client_secret in the body.",
            evidence: [...sentHeader(facts, "authorization"), ...shown(facts.field("client_secret")), ...word(facts)],
            about: ["client_secret", "authentication"],
          })
        : undefined,
})

/** The length of a GUID. Entra's portal shows one, the Secret ID, beside the value of a secret, which is longer. */
const lengthOfId = 36

/** Google's message for a refresh token that was issued to another client. */
export const isOfOther = (facts: OAuthFacts): boolean =>
  facts.issuer?.name === "Google" &&
  facts.purpose === "refresh" &&
  says(facts, "unauthorized_client") &&
  /^unauthorized\.?$/i.test(facts.answer.description)

const wrongSecret = rule({
  code: "HF-OAUTH-CLIENT-002",
  title: "The client id or the client secret is wrong",
  explanation:
    "The client authenticated and was rejected: the secret belongs to another client or environment, was replaced, " +
    "or lost a character when it was copied; or the id is unknown. Servers do not say which. In a Basic header " +
    "both values are form-encoded before they are joined, which matters for secrets with special characters.",
  fix: [
    { text: "compare the id and secret with the client's registration for this environment", safety: "check first" },
    {
      text: "check whether the client is registered for Basic or for the body (client_secret_post)",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "2.3.1"), rfc(6749, "5.2")],
  find: (facts) => {
    if (!isClientRefused(facts) || !facts.hasRequest) return undefined
    const inHeader = usesHeader(facts)
    const isStated = means(facts, "secretWrong")
    if (!inHeader && !postsSecret(facts) && !isStated) return undefined
    const spelled = facts.header("authorization") ?? ""
    const secret = facts.field("client_secret")?.value ?? ""
    // A value that was damaged in transit is another cause.
    if (!inHeader && Redaction.has(secret, "blanks") && facts.encoding !== "none") return undefined
    const id = facts.field("client_id")?.value ?? ""
    if (Redaction.has(id, "blanks") || /\s/.test(id)) return undefined
    // Google says this about a refresh token instead of a secret.
    if (isOfOther(facts)) return undefined
    const isId = facts.issuer?.system === "entra" && Redaction.bytesOf(secret) === lengthOfId
    return found({
      confidence: "likely",
      detail: spelled.endsWith("; not base64")
        ? "The credentials after Basic are not Base64: they look like the printed form of a bytes object (b'…')."
        : facts.issuer?.name === "Amazon Cognito" && /secret hash/i.test(facts.answer.description)
          ? "SECRET_HASH is missing or wrong: this app client has a secret, so each call needs the HMAC-SHA256 of " +
            "user name and client id, made with the client secret (after a refresh with the name in the token: sub " +
            "or username)."
          : spelled.endsWith("; not encoded")
            ? "The secret in the Authorization header has special characters that were not percent-encoded before Base64; servers that decode them (RFC 6749, 2.3.1) see another secret."
            : spelled.endsWith("; a line break")
              ? "The Base64 credentials in the Authorization header end in a line break or a space: the secret was " +
                "read together with it (echo, a file)."
              : Redaction.has(secret, "literal")
                ? "The client_secret is a placeholder instead of a secret: a word of an example, or an unset " +
                  "variable."
                : inHeader
                  ? "The server rejected the credentials in the Authorization header."
                  : isId
                    ? "The client_secret has the length of a GUID: it may be the portal's Secret ID instead of the " +
                      "secret's Value."
                    : isStated && !postsSecret(facts)
                      ? "The server reports a wrong client secret, and the captured request has none."
                      : "The server rejected the client_id with the client_secret in the body.",
      evidence: [
        ...word(facts),
        ...shown(facts.field("client_id")),
        ...(inHeader ? sentHeader(facts, "authorization") : shown(facts.field("client_secret"))),
      ],
    })
  },
})

const noSecret = rule({
  code: "HF-OAUTH-CLIENT-003",
  title: "The server does not know this client id, or requires the client secret that was not sent",
  explanation:
    "The request names a client without authentication, which is correct for a public client. Either the id is " +
    "unknown here (a typo, another environment, a deleted client), or the client is registered with a secret and " +
    "has to send it.",
  fix: [
    { text: "compare the client id with the registration for this environment", safety: "check first" },
    { text: "send the client secret, if the client has one", safety: "check first" },
  ],
  change: "human",
  links: [rfc(6749, "3.2.1"), rfc(6749, "5.2")],
  find: (facts) => {
    const id = facts.field("client_id")
    if (!isClientRefused(facts) || id === undefined || id.value === "") return undefined
    if (usesHeader(facts) || postsSecret(facts) || facts.field("client_assertion") !== undefined) return undefined
    return found({
      confidence: "likely",
      detail: `The request has a client_id and no client secret.`,
      evidence: [...word(facts), ...shown(id)],
      about: ["client_id"],
    })
  },
})

/** Servers' messages for a client that has to authenticate in another way. */
const wordsOfMethod =
  /authentication method|auth[_ ]method|client_secret_(?:basic|post)|\bBasic\b|authorization header/i

const otherMethod = rule({
  code: "HF-OAUTH-CLIENT-004",
  title: "The server expects this client's credentials elsewhere: in the Authorization header, or in the body",
  explanation:
    "A client is registered for one method: Basic in the Authorization header (client_secret_basic), or id and " +
    "secret in the body (client_secret_post). Every server must support Basic; supporting the body is optional. " +
    "Correct credentials in the wrong place are rejected like wrong ones.",
  fix: [{ text: "send the id and secret by the client's registered method", safety: "check first" }],
  change: "plan",
  links: [rfc(6749, "2.3.1")],
  find: (facts) => {
    if (!isClientRefused(facts) || postsSecret(facts) === usesHeader(facts)) return undefined
    const worded = wordsOfMethod.test(Sentences.specific(facts.answer.description)) || means(facts, "clientMethod")
    const challenge = facts.answer.header("www-authenticate") ?? ""
    const challenged = postsSecret(facts) && /\bBasic\b/i.test(challenge)
    if (!worded && !challenged) return undefined
    return found({
      confidence: worded ? "likely" : "possible",
      detail: postsSecret(facts)
        ? "The request had the client_secret in its body; the response asks for another method."
        : "The request had the credentials in the Authorization header; the response asks for another method.",
      evidence: [
        ...word(facts),
        ...(challenged
          ? [{ at: "response.headers.www-authenticate", name: "www-authenticate", observed: challenge.slice(0, 200) }]
          : []),
        ...shown(facts.field("client_secret")),
      ],
      about: ["method", "client_secret_basic", "client_secret_post"],
    })
  },
})

const clientUnseen = rule({
  code: "HF-OAUTH-CLIENT-005",
  title: "The server does not know this client: its id, its secret, or its authentication method is wrong",
  explanation:
    "Only the response was captured. invalid_client stands for an unknown client id, a wrong secret, a missing " +
    "secret, or a method of client authentication that the server does not accept for this client.",
  fix: [{ text: "compare id, secret and method with the client's registration", safety: "check first" }],
  change: "human",
  links: [rfc(6749, "5.2")],
  find: (facts) =>
    isClientRefused(facts) && !facts.hasRequest
      ? found({
          confidence: "likely",
          detail:
            means(facts, "secretWrong") && !/client[ _]?id/i.test(facts.answer.description)
              ? "The server reports that the client secret is wrong."
              : means(facts, "clientMethod")
                ? "The server reports that the client has to authenticate by another method."
                : "The response alone does not show which of them applies.",
          evidence: word(facts),
        })
      : undefined,
})

const grantNotAllowed = rule({
  code: "HF-OAUTH-CLIENT-006",
  title: "This client may not use this grant: its registration does not permit it",
  explanation:
    "The server supports this grant and knows the client, but the client's registration does not include it. " +
    "Servers send unauthorized_client, some invalid_request. Google sends it for a service account to which an " +
    "administrator has not delegated the scopes.",
  fix: [
    { text: "add the grant type to the client's registration", safety: "check first" },
    {
      text: "Google: have an administrator list every scope under domain-wide delegation for the account's client id",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "5.2")],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
  find: (facts) => {
    const isDelegated = means(facts, "delegation")
    const worded = notForThisClient.test(facts.answer.description) || means(facts, "grantNotAllowed")
    const named = says(facts, "unauthorized_client") && facts.dialect === undefined && !isClientRefused(facts)
    if (!worded && !named && !isDelegated) return undefined
    const grant = facts.field("grant_type")?.value
    return found({
      confidence:
        named &&
        worded &&
        /grant|flow|service account/i.test(facts.answer.description) &&
        facts.answer.status !== 401 &&
        facts.purpose !== "resource"
          ? "certain"
          : "likely",
      detail: isDelegated
        ? "The service account may not act for people with one of these scopes: domain-wide delegation in the Admin console lists others."
        : /service account/i.test(facts.answer.description)
          ? "Only a confidential client with a service account gets its own tokens (client_credentials); this one " +
            "is public or has no service account enabled."
          : `The client is known, and not permitted to ${
              grant === undefined
                ? facts.purpose === "code"
                  ? "request device codes"
                  : "use this grant"
                : `use ${grant}`
            }.${facts.issuer?.name === "Amazon Cognito" && facts.purpose === "exchange" ? " Cognito says so of a redirect_uri, too, that differs from the registered one (the slash at its end)." : ""}`,
      evidence: [...word(facts), ...shown(facts.field("grant_type"))],
      about: ["client"],
    })
  },
})

/** All rules of this topic. */
export const client = [twoMethods, grantNotAllowed, otherMethod, wrongSecret, noSecret, clientUnseen] as const
