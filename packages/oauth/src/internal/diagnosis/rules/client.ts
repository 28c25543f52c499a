/**
 * Rules for clients that the server does not recognize or does not permit to send the request.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Sentences from "../../words/sentences.ts"
import { means, rfc, says, sentHeader, shown, topic, word } from "../rule.ts"
import { clientErrors, isClientRefused, isOfOther, notForThisClient, postsSecret, usesHeader } from "./clientRefusal.ts"

const rule = topic("client")

const twoMethods = rule({
  code: "HF-OAUTH-CLIENT-001",
  title: "The client authenticates twice: in the Authorization header and in the body",
  explanation:
    "A request may use only one method of client authentication. Strict servers reject a request that uses two " +
    "methods, even if both sets of credentials are correct.",
  fix: [{ text: "send client_id and client_secret in only one place", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "2.3")],
  rivals: ["HF-OAUTH-CLIENT-002", "HF-OAUTH-CLIENT-003", "HF-OAUTH-CLIENT-004", "HF-OAUTH-CLIENT-005"],
  find: (facts) =>
    !facts.hasRequest && means(facts, "clientTwice")
      ? found({
          confidence: "likely",
          detail: "The server reports that the client uses two authentication methods.",
          evidence: word(facts),
        })
      : usesHeader(facts) && postsSecret(facts) && says(facts, ...clientErrors, "invalid_request", "")
        ? found({
            confidence: /\b(?:only one|more than one|multiple|mechanisms|both|twice)\b/i.test(facts.answer.description)
              ? "certain"
              : "likely",
            detail: "The request has an Authorization header with Basic and also a client_secret in the body.",
            evidence: [...sentHeader(facts, "authorization"), ...shown(facts.field("client_secret")), ...word(facts)],
            about: ["client_secret", "authentication"],
          })
        : undefined,
})

/**
 * The length of a GUID in characters. Entra's portal shows a GUID, called the Secret ID, next to the value of a secret. The
 * value is longer than the GUID.
 */
const lengthOfId = 36

const wrongSecret = rule({
  code: "HF-OAUTH-CLIENT-002",
  title: "The client id or the client secret is wrong",
  explanation:
    "The server rejected the client's credentials. The secret may belong to another client or environment, or may " +
    "have been replaced. The secret may also have lost a character when it was copied, or the client id may be " +
    "unknown. Servers do not report which cause applies. In a Basic header both values are form-encoded before " +
    "they are joined, which matters for secrets with special characters.",
  fix: [
    {
      text: "compare the client id and the client secret with the registration for this environment",
      safety: "check first",
    },
    {
      text: "check whether the client is registered to send its credentials in a Basic header or in the body (client_secret_post)",
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
        ? "The credentials after Basic are not valid Base64: they look like a printed bytes object (b'…')."
        : facts.issuer?.name === "Amazon Cognito" && /secret hash/i.test(facts.answer.description)
          ? "SECRET_HASH is missing or wrong. This app client has a secret, so each call must send an HMAC-SHA256 of the user name and the client id, keyed with the client secret. " +
            "In a refresh, the hash must use the user name from the token (sub " +
            "or username)."
          : spelled.endsWith("; not encoded")
            ? "The secret in the Authorization header contains special characters that were not percent-encoded before the Base64 encoding. Servers that percent-decode the secret (RFC 6749, 2.3.1) receive a different value."
            : spelled.endsWith("; a line break")
              ? "The Base64 credentials in the Authorization header end in a line break or a space. " +
                "The secret was read together with the trailing line break or space, for example from echo or from a file."
              : Redaction.has(secret, "literal")
                ? "The client_secret is a placeholder instead of a secret: a word copied from an example, or the value of an unset " +
                  "variable."
                : inHeader
                  ? "The server rejected the credentials in the Authorization header."
                  : isId
                    ? "The client_secret has the length of a GUID: it may be the portal's Secret ID instead of the " +
                      "secret's Value."
                    : isStated && !postsSecret(facts)
                      ? "The server reports a wrong client secret, but the captured request does not contain one."
                      : "The server rejected the client_id and client_secret in the body.",
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
  title: "The server does not recognize this client id, or it requires a client secret that was not sent",
  explanation:
    "The request identifies a client but does not authenticate it, which is correct for a public client. Either " +
    "the id is unknown to this server (a typo, another environment, a deleted client), or the client is registered " +
    "with a secret and has to send it.",
  fix: [
    { text: "compare the client id with the registration for this environment", safety: "check first" },
    { text: "send the client secret if the client has one", safety: "check first" },
  ],
  change: "human",
  links: [rfc(6749, "3.2.1"), rfc(6749, "5.2")],
  find: (facts) => {
    const id = facts.field("client_id")
    if (!isClientRefused(facts) || id === undefined || id.value === "") return undefined
    if (usesHeader(facts) || postsSecret(facts) || facts.field("client_assertion") !== undefined) return undefined
    return found({
      confidence: "likely",
      detail: `The request has a client_id but no client secret.`,
      evidence: [...word(facts), ...shown(id)],
      about: ["client_id"],
    })
  },
})

/** Matches messages from servers that require the client to authenticate in another way. */
const wordsOfMethod =
  /authentication method|auth[_ ]method|client_secret_(?:basic|post)|\bBasic\b|authorization header/i

const otherMethod = rule({
  code: "HF-OAUTH-CLIENT-004",
  title: "The server expects this client's credentials in another place: the Authorization header or the body",
  explanation:
    "A client is registered for one authentication method. One method sends the credentials in the Authorization " +
    "header with Basic (client_secret_basic). The other method sends the client id and secret in the body " +
    "(client_secret_post). Every server must support Basic authentication, but support for credentials in the body " +
    "is optional. A server rejects correct credentials in the wrong place as if they were wrong.",
  fix: [
    { text: "send the client id and secret with the method for which the client is registered", safety: "check first" },
  ],
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
        ? "The request sent the client_secret in its body, but the response requires another authentication method."
        : "The request sent the credentials in the Authorization header, but the response requires another authentication method.",
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
  title: "The server rejects this client because its id, its secret or its authentication method is wrong",
  explanation:
    "The capture contains only the response, so the exact cause is not visible. The error invalid_client can mean " +
    "an unknown client id, a wrong or missing secret, or an authentication method that the server does not accept " +
    "for this client.",
  fix: [
    {
      text: "compare the client id, the secret and the authentication method with the client's registration",
      safety: "check first",
    },
  ],
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
                ? "The server reports that the client must use another authentication method."
                : "The response alone does not show whether the id, the secret or the authentication method is wrong.",
          evidence: word(facts),
        })
      : undefined,
})

const grantNotAllowed = rule({
  code: "HF-OAUTH-CLIENT-006",
  title: "The client's registration does not permit this grant",
  explanation:
    "The server supports this grant and recognizes the client, but the client's registration does not include the " +
    "grant. Servers respond with unauthorized_client or, in some cases, with invalid_request. Google sends " +
    "unauthorized_client for a service account without delegated scopes. An administrator must delegate the scopes " +
    "to the service account.",
  fix: [
    { text: "add the grant type to the client's registration", safety: "check first" },
    {
      text: "Google: ask an administrator to add every scope to domain-wide delegation for the client id of the service account",
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
        ? "At least one of these scopes is not listed under domain-wide delegation in the Admin console, so the service account is not allowed to act for users."
        : /service account/i.test(facts.answer.description)
          ? "Only a confidential client with a service account can get tokens for itself (client_credentials). " +
            "This client is public, or its service account is not enabled."
          : `The server recognizes the client but does not permit it to ${
              grant === undefined
                ? facts.purpose === "code"
                  ? "request device codes"
                  : "use this grant"
                : `use ${grant}`
            }.${facts.issuer?.name === "Amazon Cognito" && facts.purpose === "exchange" ? " Cognito also reports this error if the redirect_uri differs from the registered one, even by a trailing slash." : ""}`,
      evidence: [...word(facts), ...shown(facts.field("grant_type"))],
      about: ["client"],
    })
  },
})

/** All rules for clients that the server rejects. */
export const client = [twoMethods, grantNotAllowed, otherMethod, wrongSecret, noSecret, clientUnseen] as const
