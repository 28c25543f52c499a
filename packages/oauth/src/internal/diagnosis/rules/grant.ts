/**
 * Codes and refresh tokens that the server does not accept.
 */
import { type Confidence, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, shown, topic, word } from "../rule.ts"
import type { Name } from "../../words/causes.ts"
import { isOfOther } from "./client.ts"
import * as RefreshLife from "./refreshLife.ts"

const rule = topic("grant")

/** The words for a code or token that is not accepted: the RFC's, and those that providers chose. */
const refused = [
  "invalid_grant",
  "token_inactive",
  "bad_verification_code",
  "incorrect_device_code",
  "bad_refresh_token",
  "invalid_refresh_token",
  "Invalid refresh token",
] as const

/** Shorter codes and tokens than this are hardly a server's own: RFC 6749, section 10.10 asks for 128 bits of chance. */
const shortest = 16

const oddity = (value: string): string =>
  Redaction.has(value, "literal")
    ? " It is a placeholder: a word of an example, or a variable that is not set."
    : Redaction.has(value, "blanks")
      ? " It has a blank or a line break in it."
      : Redaction.has(value, "percent")
        ? " It is percent-encoded twice."
        : Redaction.bytesOf(value) < shortest
          ? ` It has only ${Redaction.bytesOf(value)} bytes: cut off, or never issued.`
          : ""

const isAgain = ({ exchange }: OAuthFacts): boolean => (exchange.attempt ?? 1) > 1

/** The first of two attempts went through. */
const answerLost = rule({
  code: "HF-OAUTH-GRANT-001",
  title: "An earlier attempt went through and its answer was lost: the code or token was spent by it",
  explanation:
    "Codes and rotating refresh tokens are good for one use. The first attempt reached the server, which issued new tokens, and the " +
    "answer was lost on the way. The second attempt then presents what is spent, and a careful server takes that for theft and " +
    "revokes the whole sign-in. That is why such a request is not repeated blindly.",
  fix: [
    { text: "sign in again", safety: "check first" },
    {
      text: "do not repeat a refresh that may have reached the server; give it a long time-out instead",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "6"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.14"],
  find: (facts) =>
    isAgain(facts) && says(facts, ...refused) && facts.purpose !== "resource"
      ? found({
          confidence: "likely",
          detail: `This was attempt ${facts.exchange.attempt ?? 2}; an earlier one may have spent the code or token.`,
          evidence: [{ at: "attempt", name: "attempt", observed: String(facts.exchange.attempt) }, ...word(facts)],
        })
      : undefined,
})

/** A device code that the server does not hold. */
const deviceCode = rule({
  code: "HF-OAUTH-GRANT-002",
  title:
    "The device code is not good any more, or never was: used, declined, expired and forgotten, or another client's",
  explanation:
    "The server has no open sign-in for this code and this client. Tell them apart by what came before: tokens were issued for it (used: " +
    "some servers then revoke these tokens, too); the last poll said access_denied (declined); the sign-in began longer ago than " +
    "expires_in (expired, and cleaned up meanwhile); the client_id is not the one that asked for the code; or none of these, and the " +
    "code was changed on its way through the program.",
  fix: [
    { text: "stop polling with this code; ask for a new one", safety: "check first" },
    { text: "poll with the client_id that asked for the code, and stop at the first tokens", safety: "check first" },
  ],
  change: "human",
  links: [rfc(8628, "3.5"), rfc(6749, "5.2")],
  find: (facts) => {
    const { answer, purpose } = facts
    if (purpose === "exchange" || purpose === "resource") return undefined
    const named = says(facts, "bad_verification_code", "incorrect_device_code") || means(facts, "deviceCode")
    const isBare = purpose === "poll" && answer.error === "" && answer.key === "invalid_grant"
    if (!named && !isBare && !(says(facts, ...refused) && purpose === "poll")) return undefined
    const code = facts.field("device_code")
    if (code?.value === "") return undefined
    return found({
      confidence: "likely",
      detail: `The server holds no open sign-in for this device code and client.${code === undefined ? "" : oddity(code.value)}`,
      evidence: [...word(facts), ...shown(code), ...shown(facts.field("client_id"))],
      about: ["device_code"],
    })
  },
})

/** What servers say of a refresh token, where they say more than that it is not accepted. */
const refreshCauses: Partial<Readonly<Record<Name, string>>> = {
  refreshIdle: "The refresh token ended for inactivity: it was not used for too long.",
  refreshExpired: "The refresh token has expired: the longest time that it may live is over.",
  refreshRevoked:
    "The refresh token was revoked: by the person, by an administrator, or with a changed or reset password.",
  refreshUsed: "The server knows this refresh token as one that was used already.",
  refreshOther: "The refresh token belongs to another client than the one that presents it.",
  refreshMalformed: "The refresh token is malformed: cut off, damaged, or something else than a refresh token.",
  refreshSession: "The session behind the refresh token has ended: it expired, or was signed out.",
}

/** A refresh token that the server does not accept. */
const refreshToken = rule({
  code: "HF-OAUTH-GRANT-003",
  title: "The refresh token is spent: already used, expired, revoked, or issued to another client",
  explanation:
    "Servers that rotate give a new refresh token with every refresh, and the old one is dead. Using it again looks like theft, so many " +
    "revoke the whole sign-in: then the newest token is refused, too, and so are access tokens. Tell them apart by what came before: a " +
    "refresh whose answer was not kept, or a second process with the same store (used); weeks without a refresh (expired); a person or " +
    "an administrator who removed the app (revoked); a changed client_id.",
  fix: [
    { text: "sign in again", safety: "check first" },
    { text: "let one process refresh, and write the new pair to disk before it is used", safety: "check first" },
  ],
  change: "human",
  links: [rfc(6749, "6"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.14"],
  rivals: ["HF-OAUTH-GRANT-001", "HF-OAUTH-GRANT-006"],
  find: (facts) => {
    if (facts.purpose === "exchange" || means(facts, "grantIssuer")) return undefined
    const { meaning } = facts.answer
    const isMalformed = facts.purpose === "refresh" && /\bAADSTS9002313\b/.test(facts.answer.description)
    const cause = isMalformed
      ? refreshCauses.refreshMalformed
      : meaning === undefined
        ? undefined
        : refreshCauses[meaning.cause]
    const named =
      means(facts, "refreshRefused") ||
      says(facts, "token_inactive", "bad_refresh_token", "invalid_refresh_token", "Invalid refresh token")
    const withdrawn = facts.purpose === "refresh" && says(facts, "access_denied")
    const isCode = facts.purpose === "refresh" && means(facts, "codeUsed", "codeRefused")
    const isOther = isOfOther(facts)
    if (
      !named &&
      !withdrawn &&
      !isCode &&
      !isOther &&
      cause === undefined &&
      !(says(facts, ...refused) && facts.purpose === "refresh")
    )
      return undefined
    const token = facts.field("refresh_token")
    if (token?.value === "") return undefined
    const unnamed = isOther
      ? "The refresh token belongs to another client (client_id) than the one that presents it, as one of the OAuth Playground does."
      : withdrawn
        ? "The access that the refresh token stands for was withdrawn."
        : "The server does not accept this refresh token of this client."
    return found({
      confidence:
        cause !== undefined && meaning?.source !== undefined && facts.purpose !== "resource" ? "certain" : "likely",
      detail: `${cause ?? unnamed + RefreshLife.usual(facts)}${token === undefined ? "" : oddity(token.value)}`,
      evidence: [...word(facts), ...shown(token), ...shown(facts.field("client_id"))],
      about: ["refresh_token"],
    })
  },
})

/** Why the value in `code` is no authorization code. */
const noCode = ({ field }: OAuthFacts): string | undefined => {
  const { value } = field("code") ?? { value: "" }
  if (Redaction.has(value, "jwt"))
    return "What was sent as code is a JWT, not an authorization code: an ID token (the credential that a sign-in button returns) is verified, not exchanged."
  return Redaction.has(value, "literal")
    ? "What was sent as code is a placeholder, not an authorization code: the name of a variable in quotes, or a variable that is not set."
    : undefined
}

/** An authorization code that the server does not accept. */
const authorizationCode = rule({
  code: "HF-OAUTH-GRANT-004",
  title:
    "The authorization code is spent, expired or another client's, or does not fit the redirect address or the PKCE verifier",
  explanation:
    "An authorization code is good for one use within a minute or ten, for the client and the redirect_uri that it was asked with, and " +
    "only with the verifier whose challenge was sent. A page that is loaded or rendered twice (React's strict mode, a prefetch) spends it " +
    "twice.",
  fix: [
    { text: "start the sign-in again", safety: "check first" },
    {
      text: "send the same redirect_uri, letter by letter, and the verifier of this very attempt",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "4.1.3"), rfc(7636, "4.6")],
  rivals: ["HF-OAUTH-GRANT-001", "HF-OAUTH-GRANT-006"],
  find: (facts) =>
    (says(facts, ...refused) && facts.purpose === "exchange") ||
    (facts.purpose !== "poll" && facts.purpose !== "refresh" && means(facts, "codeUsed", "codeRefused")) ||
    (facts.purpose === "exchange" && means(facts, "refreshIdle", "refreshRefused", "refreshExpired"))
      ? found({
          confidence: means(facts, "codeUsed") && facts.answer.meaning?.source !== undefined ? "certain" : "likely",
          detail: means(facts, "codeUsed")
            ? "The authorization code was used already: it is good for one exchange."
            : noCode(facts) !== undefined
              ? (noCode(facts) ?? "")
              : facts.field("redirect_uri") === undefined
                ? "The server does not accept this code; the request names no redirect_uri."
                : `The server does not accept this code, or the redirect_uri or verifier with it.`,
          evidence: [
            ...word(facts),
            ...(noCode(facts) === undefined ? [] : shown(facts.field("code"))),
            ...shown(facts.field("redirect_uri")),
          ],
        })
      : undefined,
})

/** Another grant, or an unknown one. */
const otherGrant = rule({
  code: "HF-OAUTH-GRANT-005",
  title:
    "The server does not accept the grant: a code, token, password or assertion that is spent, expired or not this client's",
  explanation:
    "invalid_grant says that the request is well formed and the client is known, and that what it presents is not accepted. For a device " +
    "code: used, declined, or expired. For a refresh token: used (rotation), expired or revoked. For a password or an assertion: wrong, " +
    "or past its time by the server's clock.",
  fix: [{ text: "start the sign-in again", safety: "check first" }],
  change: "human",
  links: [rfc(6749, "5.2")],
  find: (facts) => {
    if (!says(facts, "invalid_grant")) return undefined
    const { purpose } = facts
    if (purpose === "poll" || purpose === "refresh" || purpose === "exchange") return undefined
    const confidence: Confidence = purpose === "other grant" ? "likely" : "possible"
    return found({
      confidence,
      detail:
        purpose === "other grant"
          ? `The server does not accept what the grant ${facts.field("grant_type")?.value ?? ""} presents.`
          : "Which kind of grant it was does not show.",
      evidence: [...word(facts), ...shown(facts.field("grant_type"))],
    })
  },
})

/** A value that was damaged on its way into the request. */
const oddValue = rule({
  code: "HF-OAUTH-GRANT-006",
  title: "A value of the request has a blank, a line break or an escape in it",
  explanation:
    "Codes, tokens and secrets have no blanks. A value that was read from a file keeps the line break at its end; one that was encoded " +
    "twice has percent signs, and a + that was not percent-encoded (%2B) in a form arrives as a blank. The server compares it letter by " +
    "letter.",
  fix: [{ text: "trim the value, and encode it once", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "A")],
  rivals: [
    "HF-OAUTH-GRANT-001",
    "HF-OAUTH-GRANT-002",
    "HF-OAUTH-GRANT-003",
    "HF-OAUTH-GRANT-004",
    "HF-OAUTH-GRANT-005",
    "HF-OAUTH-CLIENT-002",
    "HF-OAUTH-BEARER-003",
  ],
  find: (facts) => {
    if (!says(facts, ...refused, "invalid_client", "invalid_request", "invalid_token")) return undefined
    if (!facts.hasRequest) return unseen("the fields of the request")
    const odd = ["device_code", "refresh_token", "client_secret", "code"]
      .map(facts.field)
      .find((one) => one !== undefined && (Redaction.has(one.value, "blanks") || Redaction.has(one.value, "percent")))
    if (odd === undefined) return undefined
    const what = Redaction.has(odd.value, "blanks") ? "a blank or a line break" : "a percent-escape"
    return found({
      confidence: "certain",
      detail: `${odd.name} has ${what} in it${what === "a percent-escape" ? "" : ": copied with it, or a + that was not percent-encoded"}.`,
      evidence: [...shown(odd, "no blanks and no escapes"), ...word(facts)],
      about: [odd.name],
    })
  },
})

/** The topic's rules. */
export const grant = [oddValue, answerLost, deviceCode, refreshToken, authorizationCode, otherGrant] as const
