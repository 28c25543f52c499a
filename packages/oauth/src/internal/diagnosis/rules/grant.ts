/**
 * Rules for codes and refresh tokens that the server rejects.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, shown, topic, word } from "../rule.ts"
import type { Name } from "../../words/causes.ts"
import { isOfOther } from "./clientRefusal.ts"
import { oddValue, refused } from "./oddValue.ts"
import * as RefreshLife from "./refreshLife.ts"
import { verifierFault } from "./proof.ts"

const rule = topic("grant")

/**
 * The minimum length of a code or token in bytes. A server is unlikely to issue a shorter code or token. RFC 6749, section
 * 10.10 requires 128 bits of randomness.
 */
const shortest = 16

const oddity = (value: string): string =>
  Redaction.has(value, "literal")
    ? " The value that was sent is a placeholder: a word copied from an example, or the value of an unset variable."
    : Redaction.has(value, "blanks")
      ? " The value that was sent contains a space or a line break."
      : Redaction.has(value, "percent")
        ? " The value that was sent is percent-encoded twice."
        : Redaction.bytesOf(value) < shortest
          ? ` The value that was sent has only ${Redaction.bytesOf(value)} bytes, so it was truncated or was never issued by the server.`
          : ""

const isAgain = ({ exchange }: OAuthFacts): boolean => (exchange.attempt ?? 1) > 1

const answerLost = rule({
  code: "HF-OAUTH-GRANT-001",
  title: "An earlier attempt used up the code or token, but its response was lost",
  explanation:
    "Codes and rotating refresh tokens can be used only once. The first attempt reached the server. The server " +
    "issued new tokens, but its response was lost. The second attempt then presents a code or token that has " +
    "already been used. A strict server treats this reuse as theft and revokes the whole sign-in. Therefore, do " +
    "not blindly repeat a request that presents a code or token.",
  fix: [
    { text: "sign in again", safety: "check first" },
    {
      text: "do not repeat a refresh that may have reached the server; use a long timeout instead",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(6749, "6"), "https://www.rfc-editor.org/rfc/rfc9700#section-4.14"],
  find: (facts) =>
    isAgain(facts) && says(facts, ...refused) && facts.purpose !== "resource"
      ? found({
          confidence: "likely",
          detail: `This was attempt ${facts.exchange.attempt ?? 2}, and an earlier attempt may have used up the code or token.`,
          evidence: [{ at: "attempt", name: "attempt", observed: String(facts.exchange.attempt) }, ...word(facts)],
        })
      : undefined,
})

const deviceCode = rule({
  code: "HF-OAUTH-GRANT-002",
  title: "The device code is not valid: it was used, declined, or expired and deleted, or it belongs to another client",
  explanation:
    "The server has no pending sign-in for this code and this client. Earlier events show why the device code is " +
    "not valid. If tokens were issued for the code, the code has been used, and some servers revoke these tokens " +
    "if it is used again. If the last poll received access_denied, the user declined the sign-in. If the sign-in " +
    "began longer ago than expires_in, the code expired and was deleted. If the client_id is not the one that " +
    "requested the code, the code belongs to another client. If none of the other causes applies, the program " +
    "changed the code.",
  fix: [
    { text: "stop polling with this code, and request a new one", safety: "check first" },
    {
      text: "poll with the client_id that requested the code, and stop polling as soon as tokens are received",
      safety: "check first",
    },
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
      // GitHub sends `bad_verification_code` for an authorization code, too, and describes it so.
      confidence: purpose === undefined && means(facts, "codeRefused") ? "possible" : "likely",
      detail:
        "The server has no pending sign-in for this device code and " +
        `client.${code === undefined ? "" : oddity(code.value)}`,
      evidence: [...word(facts), ...shown(code), ...shown(facts.field("client_id"))],
      about: ["device_code"],
    })
  },
})

/** Explanations for messages in which the server states why it rejects a refresh token, keyed by cause. */
const refreshCauses: Partial<Readonly<Record<Name, string>>> = {
  refreshIdle: "The refresh token expired because it was not used for too long.",
  refreshExpired: "The refresh token has reached its maximum lifetime and has expired.",
  refreshRevoked:
    "The refresh token was revoked by the user or by an administrator, or because the password was changed or reset.",
  refreshUsed: "The server reports that this refresh token has already been used.",
  refreshOther: "The refresh token was issued to a client other than the one that presents it.",
  refreshMalformed: "The refresh token is malformed: it was truncated or damaged, or it is not a refresh token at all.",
  refreshSession: "The refresh token's session has ended because it expired or was signed out.",
}

const refreshToken = rule({
  code: "HF-OAUTH-GRANT-003",
  title: "The refresh token was already used, has expired, was revoked, or was issued to another client",
  explanation:
    "Servers with token rotation issue a new refresh token with every refresh and invalidate the old one. Using " +
    "the old one again looks like theft, so many servers revoke the whole sign-in. After that, the newest token " +
    "and all access tokens are rejected too. Earlier events show the reason: a refresh whose response was not " +
    "saved, or a second process with the same store (used). The token may also have expired after weeks without a " +
    "refresh, a person or an administrator may have removed the app (revoked), or the client_id may have changed.",
  fix: [
    { text: "sign in again", safety: "check first" },
    {
      text: "let only one process refresh tokens, and write the new pair of tokens to disk before using it",
      safety: "check first",
    },
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
      ? "The refresh token was issued to a client (client_id) other than the one that presents it, as happens with a token " +
        "from the OAuth Playground."
      : withdrawn
        ? "The access for which the refresh token was issued has been revoked."
        : "The server does not accept this refresh token from this client."
    return found({
      confidence:
        cause !== undefined && meaning?.source !== undefined && facts.purpose !== "resource" ? "certain" : "likely",
      detail: `${cause ?? unnamed + RefreshLife.usual(facts)}${token === undefined ? "" : oddity(token.value)}`,
      evidence: [...word(facts), ...shown(token), ...shown(facts.field("client_id"))],
      about: ["refresh_token"],
    })
  },
})

/** Explains why the value of `code` is not an authorization code. */
const noCode = ({ field }: OAuthFacts): string | undefined => {
  const { value } = field("code") ?? { value: "" }
  if (Redaction.has(value, "jwt"))
    return (
      "The value of code is a JWT instead of an authorization code. An ID token (the credential that a sign-in " +
      "button returns) is verified, not exchanged."
    )
  return Redaction.has(value, "literal")
    ? "The value of code is a placeholder instead of an authorization code: the name of a variable in quotes, or " +
        "an unset variable."
    : undefined
}

const authorizationCode = rule({
  code: "HF-OAUTH-GRANT-004",
  title:
    "The authorization code is used, expired or from another client, or does not match the redirect address or the " +
    "PKCE verifier",
  explanation:
    "An authorization code can be used only once and expires one to ten minutes after it is issued, depending on " +
    "the server. The code is valid only for the client and the redirect_uri that requested it, and only with the " +
    "verifier that belongs to the challenge. A page that is loaded or rendered twice (React's strict mode, a " +
    "prefetch) uses it twice.",
  fix: [
    { text: "start the sign-in again", safety: "check first" },
    {
      text: "send exactly the redirect_uri of the sign-in request, and send the verifier of the same attempt",
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
          confidence:
            verifierFault(facts) !== undefined
              ? "possible"
              : means(facts, "codeUsed") && facts.answer.meaning?.source !== undefined
                ? "certain"
                : "likely",
          detail: means(facts, "codeUsed")
            ? "The authorization code has already been used, but it is valid for only one exchange."
            : noCode(facts) !== undefined
              ? (noCode(facts) ?? "")
              : facts.field("redirect_uri") === undefined
                ? "The server does not accept this code, and the request does not contain a redirect_uri."
                : `The server does not accept this code, or it does not accept the redirect_uri or verifier that was sent with the code.`,
          evidence: [
            ...word(facts),
            ...(noCode(facts) === undefined ? [] : shown(facts.field("code"))),
            ...shown(facts.field("redirect_uri")),
          ],
        })
      : undefined,
})

const otherGrant = rule({
  code: "HF-OAUTH-GRANT-005",
  title:
    "The server does not accept the grant: the code, token, password or assertion is used, expired or from another " +
    "client",
  explanation:
    "The error invalid_grant means that the request is well formed and the client is known, but the presented " +
    "credential is not accepted. A device code may already have been used, may have been declined, or may have " +
    "expired. A refresh token may already have been used (rotation), or it may be expired or revoked. A password " +
    "or an assertion may be wrong, or it may have expired according to the server's clock.",
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
          ? `The server rejects the credential that was sent with the grant ${facts.field("grant_type")?.value ?? ""}.`
          : "The exchange does not show which grant was requested.",
      evidence: [...word(facts), ...shown(facts.field("grant_type"))],
    })
  },
})

/** All rules for codes and refresh tokens that the server rejects. */
export const grant = [oddValue, answerLost, deviceCode, refreshToken, authorizationCode, otherGrant] as const
