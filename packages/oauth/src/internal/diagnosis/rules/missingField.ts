/**
 * Rules for requests with missing fields.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { deviceGrant } from "../../../DeviceCode.ts"
import type { Name } from "../../words/causes.ts"
import { means, rfc, says, topic, word } from "../rule.ts"

const rule = topic("request")

/** Whether the response is consistent with a request that has missing or unreadable fields. */
export const canLack = (facts: OAuthFacts): boolean => {
  const { answer, purpose } = facts
  if (purpose === undefined || purpose === "resource") return false
  if (says(facts, "invalid_request", "invalid_grant", "invalid_client", "unsupported_grant_type")) return true
  return answer.error === "" && (answer.status === 400 || answer.status === 401 || answer.status === 415)
}

/** Whether a field is present. A field without a value counts as missing (RFC 6749, section 3.2). */
const has = ({ field }: OAuthFacts, name: string): boolean => (field(name)?.value ?? "") !== ""

export const names = ({ fields }: OAuthFacts): string =>
  fields.length === 0
    ? "The request has no fields."
    : `The request contains these fields: ${[...new Set(fields.map(({ name, value }) => (value === "" ? `${name} (empty)` : name)))].join(", ")}.`

/** The codes of the rules for other causes of `invalid_request`. */
const sameAnswer = [
  "HF-OAUTH-REQUEST-001",
  "HF-OAUTH-REQUEST-002",
  "HF-OAUTH-REQUEST-003",
  "HF-OAUTH-REQUEST-004",
  "HF-OAUTH-REQUEST-005",
  "HF-OAUTH-REQUEST-006",
  "HF-OAUTH-REQUEST-011",
  "HF-OAUTH-GRANT-006",
]

/** Matches an empty message, or a message that can concern a missing parameter. */
const agrees = /^$|missing|required|not provided|no client|parameter/i

/**
 * Whether the exchange might be a sign-in to an API that does not use OAuth. The sign-in sends JSON without a client id and
 * receives a response without an OAuth error code.
 */
const isOwnApi = (facts: OAuthFacts): boolean =>
  facts.answer.error === "" && facts.encoding === "json" && facts.issuer === undefined && !has(facts, "client_id")

const missing = (options: {
  readonly code: string
  readonly field: string
  readonly title: string
  readonly explanation: string
  readonly fix: string
  readonly link: string
  /** The cause that the server's message states if the field is missing. */
  readonly cause: Name
  readonly lacks: (facts: OAuthFacts) => boolean
}) =>
  rule({
    code: options.code,
    title: options.title,
    explanation: options.explanation,
    fix: [{ text: options.fix, safety: "check first" }],
    change: "plan",
    links: [options.link],
    rivals: sameAnswer.filter((code) => code !== options.code),
    find: (facts) => {
      // Without the request, only the server's message decides.
      if (!facts.hasRequest) {
        return means(facts, options.cause) ||
          (says(facts, "invalid_request") && new RegExp(`\\b${options.field}\\b`, "i").test(facts.answer.description))
          ? found({ confidence: "likely", detail: `The response mentions ${options.field}.`, evidence: word(facts) })
          : undefined
      }
      const isNamed = means(facts, options.cause)
      if (has(facts, options.field)) return undefined
      // The body was not captured, and the server has read the grant.
      if (facts.fields.length === 0 && says(facts, "invalid_grant")) return undefined
      // The body was not captured and has a type that the server does not read, so the fields may all be present.
      const isUnread =
        facts.fields.length === 0 && !/^$|x-www-form-urlencoded/i.test(facts.header("content-type")?.trim() ?? "")
      if (!isNamed && (!canLack(facts) || facts.encoding === "none" || !options.lacks(facts))) return undefined
      return found({
        confidence: isUnread
          ? "possible"
          : isNamed || (says(facts, "invalid_request") && agrees.test(facts.answer.description))
            ? "certain"
            : isOwnApi(facts)
              ? "possible"
              : "likely",
        detail: `The request has no ${options.field}. ${names(facts)}`,
        evidence: word(facts),
        about: [options.field],
      })
    },
  })

export const noGrantType = missing({
  code: "HF-OAUTH-REQUEST-003",
  field: "grant_type",
  cause: "noGrantType",
  title: "The token request has no grant_type",
  explanation:
    "The token endpoint supports several grants, and grant_type selects one. Without grant_type, the server cannot " +
    "interpret the other fields.",
  fix: `send grant_type: ${deviceGrant} to poll, or refresh_token to refresh`,
  link: rfc(6749, "3.2"),
  lacks: (facts) =>
    facts.purpose !== "code" &&
    facts.purpose !== "authorize" &&
    facts.method !== "GET" &&
    !has(facts, "grant_type") &&
    !isRevocation(facts) &&
    !isWithoutGrant(facts),
})

/** Whether the provider documents a code exchange or a poll that does not send `grant_type`. */
const isWithoutGrant = ({ issuer, purpose }: OAuthFacts): boolean =>
  (purpose === "exchange" && ["github", "slack", "facebook"].includes(issuer?.system ?? "")) ||
  (purpose === "poll" && ["trakt", "facebook"].includes(issuer?.system ?? ""))

const isRevocation = ({ field, url }: OAuthFacts): boolean =>
  field("token") !== undefined || /revo|introspect/i.test(url?.pathname ?? "")

export const noClient = missing({
  code: "HF-OAUTH-REQUEST-004",
  field: "client_id",
  cause: "noClientId",
  title: "The request does not identify its client",
  explanation:
    "The body does not contain a client_id, and no Authorization header identifies the client. A public client " +
    "must identify itself in every request, including a refresh.",
  fix: "send client_id in the body, or send the client's credentials in a Basic Authorization header",
  link: rfc(6749, "3.2.1"),
  lacks: (facts) =>
    !has(facts, "client_id") &&
    !has(facts, "client_assertion") &&
    // An assertion identifies its client (RFC 7521, section 4.1), and many servers revoke tokens without checking the
    // client.
    !has(facts, "assertion") &&
    !has(facts, "subject_token") &&
    !isRevocation(facts) &&
    facts.purpose !== "authorize" &&
    facts.header("authorization") === undefined,
})

export const noDeviceCode = missing({
  code: "HF-OAUTH-REQUEST-005",
  field: "device_code",
  cause: "noDeviceCode",
  title: "The poll request has no device_code",
  explanation:
    "A poll must send the device_code from the response that also contained the user_code. The short user_code " +
    "does not replace the device_code. The server does not read a device code from a field with another name.",
  fix: "send the device_code from the response that also contained the user_code",
  link: rfc(8628, "3.4"),
  lacks: (facts) =>
    facts.purpose === "poll" &&
    !has(facts, "device_code") &&
    // Trakt and Facebook call it `code`.
    !(has(facts, "code") && ["trakt", "facebook"].includes(facts.issuer?.system ?? "")),
})

export const noRefreshToken = missing({
  code: "HF-OAUTH-REQUEST-006",
  field: "refresh_token",
  cause: "noRefreshToken",
  title: "The refresh request has no refresh_token",
  explanation:
    "A refresh must send the last refresh token that the server issued. Servers without token rotation do not " +
    "issue a new refresh token with each refresh. The earlier refresh token then stays valid, so a client that " +
    "overwrites it with an empty value loses a valid token. Some servers issue a refresh token only if the " +
    "requested scope asks for one (offline, offline_access).",
  fix: "send the last refresh token that the server issued; if that token is lost, sign in again",
  link: rfc(6749, "6"),
  lacks: (facts) => facts.purpose === "refresh" && !has(facts, "refresh_token"),
})
