/**
 * Rules for form keys and sessions that the server does not accept.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isFaultless } from "./faults.ts"
import { tokenName, place, maybeForm, isSilent, isUnknownKey, looksTemporary } from "./fields.ts"

const rule = topic("post-key")

const keyKinds = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
const tokens = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html"

const code = ({ answer }: S3Facts) => ({ at: "response.body.Code", name: "Code", observed: answer.code })

/** The minimum lifetime of a session in milliseconds (STS, AssumeRole: DurationSeconds). */
const shortestSession = 900_000

const sessionExpired = rule({
  code: "HF-S3-POST-025",
  name: "SessionExpired",
  phase: "credentials",
  title: "The session that signed the form has expired",
  explanation:
    "A form expires with the session that signed it, whatever the policy states: a signer whose session has 20 " +
    "minutes left issues forms that are valid for only 20 minutes. S3 reports an expired token; other servers " +
    "report an unknown key.",
  fix: [
    { text: "request a new form from the signer", safety: "safe to apply" },
    { text: "have the signer refresh its credentials well before they expire", safety: "check first" },
  ],
  change: "url",
  links: [tokens],
  rivals: ["HF-S3-AUTH-005"],
  recognise: (facts) => {
    const { answer, clock, form, signedAt } = facts
    const isSaid = /^(?:ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/.test(answer.code)
    const token = form?.read(tokenName)
    if (form === undefined || (token === undefined && !isSaid)) return undefined
    const age = signedAt === undefined || clock.judge === undefined ? undefined : clock.judge - signedAt
    if (!isSaid && ((!isUnknownKey(facts) && !isSilent(facts)) || !isFaultless(facts))) return undefined
    if (age !== undefined && age < 0 && !isSaid) return undefined
    return found({
      confidence: isSaid || (age ?? 0) >= shortestSession ? "likely" : "possible",
      detail:
        (isSaid
          ? "The server reports that the session has expired"
          : "The form contains its session token, but the server rejects the request") +
        (age === undefined ? "." : `; the form was signed ${Math.round(age / 1000)} s earlier.`),
      evidence: [
        ...(token === undefined ? [] : [{ at: place(token.index), name: token.name, observed: token.value }]),
        code(facts),
      ],
      about: ["token", "expired"],
    })
  },
})

const keyUnknown = rule({
  code: "HF-S3-POST-026",
  name: "KeyUnknown",
  phase: "credentials",
  title: "The server does not recognize the access key that signed the form",
  explanation:
    "The key was deleted or disabled, or the form was sent to a host that does not have the key: another account's " +
    "partition, another vendor, or another installation.",
  fix: [
    { text: "check that the key exists and is active at the form's destination", safety: "check first" },
    { text: "check that the form is sent to the URL that the signer returned with it", safety: "check first" },
  ],
  change: "human",
  links: [keyKinds],
  recognise: (facts) => {
    const { answer, form, keyId, proof } = facts
    if (!maybeForm(facts) || !isFaultless(facts)) return undefined
    const told = answer.element("AWSAccessKeyId")
    const isLongLived = (keyId ?? told)?.startsWith("AKIA") === true
    if (isUnknownKey(facts)) {
      // Without the request, nothing shows that it was a form.
      if (proof === undefined && !isLongLived) return undefined
      return found({
        confidence:
          proof === "form" && (form?.field(tokenName) !== undefined || !looksTemporary(keyId ?? ""))
            ? "likely"
            : "possible",
        detail: `${isLongLived ? "It is a long-lived key (AKIA…), which needs no token" : "Nothing in the form is wrong"}: the server does not have the key.`,
        evidence: [code(facts)],
      })
    }
    return form !== undefined && isSilent(facts)
      ? found({
          confidence: "possible",
          detail: "The server did not give a reason; an unknown key produces the same response.",
          evidence: [code(facts)],
        })
      : undefined
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const key = [sessionExpired, keyUnknown] as const
