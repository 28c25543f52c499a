/**
 * Clients that the server does not know, or does not let do this.
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

/** What servers say with `invalid_request`, or with 401, where the RFC has `unauthorized_client` and 400. */
const notForThisClient =
  /not (?:allowed|permitted|authori[sz]ed|enabled|supported) (?:for|to|by) (?:this|the) client|client (?:is )?not (?:allowed|permitted|enabled)|client is not authori[sz]ed/i

/** A token endpoint answers 401 for a client alone (RFC 6749, section 5.2), also where it names no error. */
const isBareRefusal = ({ answer, field, header, purpose }: OAuthFacts): boolean =>
  answer.status === 401 &&
  answer.error === "" &&
  !answer.isProxys &&
  (purpose === "exchange" || purpose === "refresh" || purpose === "other grant") &&
  (/^Basic\b/i.test(header("authorization") ?? "") || field("client_id") !== undefined)

/**
 * Whether the client itself was refused. Some servers say `unauthorized_client` of a wrong secret, then with 401; and where
 * no person has a part in the grant, `access_denied` can only mean the client.
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

/** Two at once. */
const twoMethods = rule({
  code: "HF-OAUTH-CLIENT-001",
  title: "The client proves itself twice: in the Authorization header and in the body",
  explanation:
    "A request may use one method of client authentication, not more. Strict servers refuse two even if both are right.",
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

/** Google's words for a refresh token that was issued to another client. */
export const isOfOther = (facts: OAuthFacts): boolean =>
  facts.issuer?.name === "Google" &&
  facts.purpose === "refresh" &&
  says(facts, "unauthorized_client") &&
  /^unauthorized\.?$/i.test(facts.answer.description)

/** Refused credentials. */
const wrongSecret = rule({
  code: "HF-OAUTH-CLIENT-002",
  title: "The client id or the client secret is wrong",
  explanation:
    "The client proved itself, and the proof was refused: the secret is that of another client or environment, was replaced, or lost a " +
    "character when it was copied; or the id is unknown. Servers do not say which of the two. In a Basic header both are form-encoded " +
    "before they are joined, which matters for secrets with special characters.",
  fix: [
    { text: "compare id and secret with the client's registration, for this very environment", safety: "check first" },
    {
      text: "see whether the client is registered for Basic or for the body (client_secret_post)",
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
    // What was damaged on its way is another cause.
    if (!inHeader && Redaction.has(secret, "blanks") && facts.encoding !== "none") return undefined
    // Google says so of a refresh token, not of a secret.
    if (isOfOther(facts)) return undefined
    const isId = facts.issuer?.system === "entra" && Redaction.bytesOf(secret) === lengthOfId
    return found({
      confidence: "likely",
      detail: spelled.endsWith("; not base64")
        ? "The credentials after Basic are not Base64: they look like the printed form of a bytes object (b'…')."
        : facts.issuer?.name === "Amazon Cognito" && /secret hash/i.test(facts.answer.description)
          ? "SECRET_HASH is missing or wrong: this app client has a secret, so each call needs the HMAC-SHA256 of user name and client id, made with the client secret (after a refresh with the name that the token has: sub or username)."
          : spelled.endsWith("; not encoded")
            ? "The secret in the Authorization header has special characters that were not percent-encoded before Base64; servers that decode them (RFC 6749, 2.3.1) see another secret."
            : spelled.endsWith("; a line break")
              ? "The credentials in the Authorization header have a line break or a blank at their end, inside the Base64: the secret was read with it (echo, a file) and is refused."
              : Redaction.has(secret, "literal")
                ? "The client_secret is a placeholder, not a secret: a word of an example, or a variable that is not set."
                : inHeader
                  ? "The credentials in the Authorization header were refused."
                  : isId
                    ? "The client_secret is as long as a GUID: it may be the Secret ID of the portal, not the secret's Value."
                    : isStated && !postsSecret(facts)
                      ? "The server says that the client secret is wrong, and the request shows none."
                      : "The client_id with the client_secret in the body was refused.",
      evidence: [
        ...word(facts),
        ...shown(facts.field("client_id")),
        ...(inHeader ? sentHeader(facts, "authorization") : shown(facts.field("client_secret"))),
      ],
    })
  },
})

/** No secret. */
const noSecret = rule({
  code: "HF-OAUTH-CLIENT-003",
  title: "The server does not know this client id, or wants the client secret that was not sent",
  explanation:
    "The request names a client and proves nothing. That is right for a public client, so either the id is unknown here (a typo, another " +
    "environment, a client that was removed), or the client is registered with a secret and has to send it.",
  fix: [
    { text: "compare the client id with the registration, for this very environment", safety: "check first" },
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

/** How servers word it that a client has to prove itself in another way. */
const wordsOfMethod =
  /authentication method|auth[_ ]method|client_secret_(?:basic|post)|\bBasic\b|authorization header/i

/** The other method. */
const otherMethod = rule({
  code: "HF-OAUTH-CLIENT-004",
  title: "The server takes this client's credentials in another place: in the Authorization header, or in the body",
  explanation:
    "A client is registered for one method: Basic in the Authorization header (client_secret_basic), or id and secret in the body " +
    "(client_secret_post). Every server has to offer Basic; the body is up to the server. Right credentials in the other place are " +
    "refused like wrong ones.",
  fix: [{ text: "send id and secret the way the client is registered", safety: "check first" }],
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
        ? "The request had the client_secret in its body; the answer asks for something else."
        : "The request had the credentials in the Authorization header; the answer asks for something else.",
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

/** Known only by the answer. */
const clientUnseen = rule({
  code: "HF-OAUTH-CLIENT-005",
  title: "The server does not know this client: its id, its secret, or how it sends them is wrong",
  explanation:
    "Nothing but the answer is at hand. invalid_client stands for an unknown client id, a wrong secret, no secret where one is due, or a " +
    "method of client authentication that the server does not take for this client.",
  fix: [{ text: "compare id, secret and method with the client's registration", safety: "check first" }],
  change: "human",
  links: [rfc(6749, "5.2")],
  find: (facts) =>
    isClientRefused(facts) && !facts.hasRequest
      ? found({
          confidence: "likely",
          detail: `Which of them it is does not show without the request.`,
          evidence: word(facts),
        })
      : undefined,
})

/** A grant that the client may not use. */
const grantNotAllowed = rule({
  code: "HF-OAUTH-CLIENT-006",
  title: "This client may not use this grant: its registration does not permit it",
  explanation:
    "The server offers this way to sign in and knows the client, but the client was registered without it. Servers say unauthorized_client, " +
    "some invalid_request. Google says it of a service account to which an administrator has not delegated the scopes.",
  fix: [
    { text: "add the grant type to the client's registration", safety: "check first" },
    {
      text: "Google: let an administrator list every scope under domain-wide delegation for the account's client id",
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
          ? "Only a confidential client with a service account gets tokens of its own (client_credentials); this one is public or has none switched on."
          : `The client is known, and not permitted to ${
              grant === undefined
                ? facts.purpose === "code"
                  ? "ask for device codes"
                  : "use this grant"
                : `use ${grant}`
            }.${facts.issuer?.name === "Amazon Cognito" && facts.purpose === "exchange" ? " Cognito says so of a redirect_uri, too, that differs from the registered one (the slash at its end)." : ""}`,
      evidence: [...word(facts), ...shown(facts.field("grant_type"))],
      about: ["client"],
    })
  },
})

/** The topic's rules. */
export const client = [twoMethods, grantNotAllowed, otherMethod, wrongSecret, noSecret, clientUnseen] as const
