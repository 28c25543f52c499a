/**
 * Rules about whether the server accepts a form's key and its session.
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

/** The minimum duration of a session, in milliseconds (STS, AssumeRole: DurationSeconds). */
const shortestSession = 900_000

/** The session that signed the form has expired. */
const sessionExpired = rule({
  code: "HF-S3-POST-025",
  name: "SessionExpired",
  phase: "credentials",
  title: "The session that signed the form has expired",
  explanation:
    "A form dies with the session that signed it, whatever its policy says: a signer with 20 minutes left gives out forms " +
    "for 20 minutes. S3 calls the token expired; other servers say that they do not know the key.",
  fix: [
    { text: "ask the signer for a new form", safety: "safe to apply" },
    { text: "have the signer refresh its credentials well before they end", safety: "check first" },
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
        (isSaid ? "The server says so" : "The form has its token, and the server does not accept it") +
        (age === undefined ? "." : `; it was signed ${Math.round(age / 1000)} s before.`),
      evidence: [
        ...(token === undefined ? [] : [{ at: place(token.index), name: token.name, observed: token.value }]),
        code(facts),
      ],
      about: ["token", "expired"],
    })
  },
})

/** The server does not know the key. */
const keyUnknown = rule({
  code: "HF-S3-POST-026",
  name: "KeyUnknown",
  phase: "credentials",
  title: "The server does not know the access key the form is signed with",
  explanation:
    "The key was deleted or made inactive, or it belongs elsewhere: to another account's partition, another vendor, or " +
    "another installation than the host that the form was sent to.",
  fix: [
    { text: "check that the key exists and is active where the form is sent", safety: "check first" },
    { text: "check that the form's URL is the one that the signer returned with it", safety: "check first" },
  ],
  change: "human",
  links: [keyKinds],
  recognise: (facts) => {
    const { answer, form, keyId, proof } = facts
    if (!maybeForm(facts) || !isFaultless(facts)) return undefined
    const told = answer.element("AWSAccessKeyId")
    const isLongLived = (keyId ?? told)?.startsWith("AKIA") === true
    if (isUnknownKey(facts)) {
      // Without the request, it may not have been a form.
      if (proof === undefined && !isLongLived) return undefined
      return found({
        confidence:
          proof === "form" && (form?.field(tokenName) !== undefined || !looksTemporary(keyId ?? ""))
            ? "likely"
            : "possible",
        detail: `${isLongLived ? "It is a long-lived key (AKIA…), which needs no token" : "Nothing in the form is wrong"}: the server does not have it.`,
        evidence: [code(facts)],
      })
    }
    return form !== undefined && isSilent(facts)
      ? found({
          confidence: "possible",
          detail: "The server refused without a word; a key that it does not know looks the same.",
          evidence: [code(facts)],
        })
      : undefined
  },
})

/** The rules, in the order of S3's checks. */
export const key = [sessionExpired, keyUnknown] as const
