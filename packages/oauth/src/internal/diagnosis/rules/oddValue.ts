/**
 * The rule for a code, token or credential that was damaged before it was sent.
 */
import { found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import { rfc, says, shown, topic, word } from "../rule.ts"

const rule = topic("grant")

/** The error codes and messages that RFC 6749 and providers define for a rejected code or token. */
export const refused = [
  "invalid_grant",
  "token_inactive",
  "bad_verification_code",
  "incorrect_device_code",
  "bad_refresh_token",
  "invalid_refresh_token",
  "Invalid refresh token",
] as const

/**
 * Whether a value contains whitespace. A client id is not hidden, so its own characters show whether it contains whitespace.
 */
const hasSpace = (value: string): boolean =>
  Redaction.isHidden(value) ? Redaction.has(value, "blanks") : /\s/.test(value)

export const oddValue = rule({
  code: "HF-OAUTH-GRANT-006",
  title: "A value in the request contains a space, a line break or a percent-escape",
  explanation:
    "A value that was read from a file may include the line break at the end of the file. Codes, tokens and " +
    "secrets do not contain spaces. A value that was encoded twice contains percent signs. In a form, a + arrives " +
    "as a space unless it is percent-encoded (%2B). The server compares the value character by character.",
  fix: [{ text: "trim the value and encode it once", safety: "safe to apply" }],
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
    const odd = ["device_code", "refresh_token", "client_secret", "client_id", "code"]
      .map(facts.field)
      .find((one) => one !== undefined && (hasSpace(one.value) || Redaction.has(one.value, "percent")))
    if (odd === undefined) return undefined
    const what = hasSpace(odd.value) ? "a space or a line break" : "a percent-escape"
    return found({
      confidence: "certain",
      detail: `${odd.name} contains ${what}${what === "a percent-escape" ? "" : ". It was copied with the value, or the client did not percent-encode a +"}.`,
      evidence: [...shown(odd, "a value without spaces or escapes"), ...word(facts)],
      about: [odd.name],
    })
  },
})
