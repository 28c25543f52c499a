/**
 * Rules for the session token that a temporary key requires.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts, PlacedField, Form } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { equal, type FieldCondition, isOnField } from "./conditions.ts"
import { dialectOf, tokenName, isNamed, place, isSilent, isUnknownKey, looksTemporary } from "./fields.ts"

const rule = topic("post-token")

const keyKinds = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
const tokens = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html"
const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

/** The policy condition on the session token. */
const tokenCondition = (form: Form): FieldCondition | undefined =>
  form.policy?._tag === "Policy"
    ? form.policy.policy.conditions.filter(isOnField).find(({ field }) => field === tokenName)
    : undefined

/** The reason that the form requires a session token, as a clause; `undefined` if the form does not require one. */
const whyNeeded = ({ keyId }: S3Facts, form: Form): string | undefined => {
  if (keyId?.startsWith("ASIA") === true) return "its key id begins with ASIA, which identifies a temporary key"
  return tokenCondition(form) === undefined
    ? undefined
    : "its policy requires a session token, so the form was signed with a temporary key"
}

const misnamed = (form: Form): PlacedField | undefined => {
  const condition = tokenCondition(form)
  return form.fields.find(
    ({ name, value }) =>
      !isNamed(name, tokenName) &&
      (/security[-_]?token|session[-_]?token|^amz[-_]?token/i.test(name) ||
        (condition?._tag === "Exact" && value !== "" && value === condition.value)),
  )
}

const code = ({ answer }: S3Facts) => ({ at: "response.body.Code", name: "Code", observed: answer.code })

const tokenMissing = rule({
  code: "HF-S3-POST-021",
  name: "TokenMissing",
  phase: "form",
  title: "The session token of the temporary key is missing from the form",
  explanation:
    "The server recognizes temporary keys only together with their session token. If x-amz-security-token is " +
    'not among the fields before "file", the server looks the key id up among the long-lived ones, does not ' +
    "find it, and reports that the key does not exist. The signer returned the token, but the code that built " +
    "the form omitted it.",
  fix: [{ text: `send the field ${tokenName} that the signer returned, before "file"`, safety: "safe to apply" }],
  change: "plan",
  links: [tokens, postObject],
  rivals: ["HF-S3-POST-026", "HF-S3-AUTH-001", "HF-S3-AUTH-006", "HF-S3-AUTH-007"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined || form.field(tokenName)?.value) return undefined
    const why = whyNeeded(facts, form)
    if (why === undefined || misnamed(form) !== undefined) return undefined
    const field = form.field(tokenName)
    const condition = tokenCondition(form)
    if (field !== undefined && (condition?._tag === "StartsWith" || condition?._tag === "Exact")) {
      const asks = condition._tag === "Exact" ? condition.value : condition.prefix
      if (asks === "" && facts.keyId?.startsWith("ASIA") !== true) return undefined
    }
    const credential = facts.credential?.at
    return found({
      confidence: "certain",
      detail: `The form ${field === undefined ? `has no ${tokenName}` : `has an empty ${tokenName}`}, but ${why}.`,
      evidence: [
        {
          at: field === undefined ? "request.form" : place(field.index),
          name: tokenName,
          observed: field === undefined ? "missing" : "empty",
          expected: "the session token",
        },
        ...(facts.keyId === undefined || credential === undefined
          ? []
          : [{ at: credential, name: "access key id", observed: facts.keyId }]),
      ],
      about: [tokenName],
    })
  },
  recognise: (facts) => {
    const { answer, form, keyId } = facts
    if (form === undefined) {
      if (facts.proof !== undefined || facts.method !== "POST" || answer.code !== "InvalidAccessKeyId") return undefined
      return found({
        confidence: "possible",
        detail: `If the request was a form, ${tokenName} is missing or comes after "file", where the server does not read it.`,
        evidence: [code(facts)],
      })
    }
    const isKind = keyId === undefined || /^A(?:KI|SI)A/.test(keyId)
    if (
      isKind ||
      form.field(tokenName) !== undefined ||
      dialectOf(form) !== "aws" ||
      form.field("policy") === undefined ||
      (!isUnknownKey(facts) && !isSilent(facts))
    ) {
      return undefined
    }
    const isLikely = looksTemporary(keyId)
    return found({
      confidence: isLikely ? "likely" : "possible",
      detail: `The key id has ${isLikely ? "the format of a server's own session keys" : "no known format"}, and the form does not contain ${tokenName}.`,
      evidence: [code(facts)],
      about: [tokenName],
    })
  },
})

const tokenMisnamed = rule({
  code: "HF-S3-POST-022",
  name: "TokenMisnamed",
  phase: "form",
  title: `The session token is in a field whose name is not ${tokenName}`,
  explanation:
    "S3 reads the session token only from x-amz-security-token. Under any other name, the token is an ordinary " +
    "field, and the server cannot find the temporary key.",
  fix: [{ text: `rename the field to ${tokenName}`, safety: "safe to apply" }],
  change: "plan",
  links: [tokens, postObject],
  rivals: ["HF-S3-POST-026", "HF-S3-AUTH-001", "HF-S3-AUTH-006", "HF-S3-AUTH-007"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined || dialectOf(form) !== "aws" || form.field(tokenName) !== undefined) return undefined
    const other = misnamed(form)
    if (other === undefined) return undefined
    const why = whyNeeded(facts, form)
    return found({
      confidence: why === undefined ? "likely" : "certain",
      detail: `The token is in "${other.name}"${why === undefined ? "" : `, and ${why}`}.`,
      evidence: [{ at: place(other.index), name: other.name, observed: other.value, expected: tokenName }],
      about: [tokenName, other.name],
    })
  },
})

const tokenAltered = rule({
  code: "HF-S3-POST-023",
  name: "TokenAltered",
  phase: "form",
  title: "The session token in the form differs from the one with which the form was signed",
  explanation:
    "The signer wrote the token into the policy. The form contains a different token: it belongs to a later " +
    "session, was cut off or encoded twice, or contains spaces instead of +. Servers report a malformed token or " +
    "an unknown key, or give no reason.",
  fix: [
    {
      text: "send the token byte for byte as the signer returned it, in the form to which it belongs",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [tokens],
  rivals: ["HF-S3-POST-024"],
  inspect: (facts) => {
    const field = facts.form?.read(tokenName)
    if (facts.form === undefined || field === undefined || field.value === "") return undefined
    const condition = tokenCondition(facts.form)
    const same =
      condition === undefined
        ? undefined
        : condition._tag === "Exact"
          ? equal(field.value, condition.value)
          : Redaction.startsWith(field.value, condition.prefix)
    const hasBlanks = Redaction.has(field.value, "blanks")
    if (same !== false && !hasBlanks) {
      if (Redaction.has(field.value, "percent"))
        return found({
          confidence: "likely",
          detail: `${field.name} contains percent-encoded characters, as if it had been encoded for a URL.`,
          evidence: [{ at: place(field.index), name: field.name, observed: field.value, expected: "not encoded" }],
          about: ["token", tokenName],
        })
      return same === true ? cleared("session token", "equal to the token in the policy") : undefined
    }
    const expected = condition?._tag === "Exact" ? Redaction.bytesOf(condition.value) : undefined
    const actual = Redaction.bytesOf(field.value)
    return found({
      confidence: "certain",
      detail:
        (same === false ? `${field.name} differs from the token in the policy.` : `${field.name} is damaged.`) +
        (hasBlanks ? ' The token contains spaces instead of "+".' : "") +
        (expected === undefined || expected === actual
          ? ""
          : ` The token has ${actual} bytes, but the token in the policy has ${expected}.`),
      evidence: [
        {
          at: place(field.index),
          name: field.name,
          observed: field.value,
          expected: expected === undefined ? "no spaces" : `the ${expected} bytes of the token in the policy`,
        },
      ],
      about: ["token", tokenName],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const isSaid = /^Invalid(?:Token|TokenId)$/.test(answer.code)
    if (facts.form === undefined || !isSaid || facts.form.field(tokenName) === undefined) return undefined
    if (facts.keyId?.startsWith("AKIA") === true) return undefined
    return found({
      confidence: "likely",
      detail: "The server cannot read the token: it was cut off or encoded, or it belongs to another service.",
      evidence: [code(facts)],
      about: ["token"],
    })
  },
})

const tokenOfAnotherKey = rule({
  code: "HF-S3-POST-024",
  name: "TokenOfAnotherKey",
  phase: "form",
  title: "The form combines a session token with a long-lived key",
  explanation:
    "A key id that begins with AKIA is long-lived and has no session. The token in the form belongs to other " +
    "credentials, often because a program read the key and the secret from one source and the token from the " +
    "environment.",
  fix: [{ text: "have the signer use the key, secret and token of the same credentials", safety: "check first" }],
  change: "url",
  links: [keyKinds],
  rivals: ["HF-S3-POST-023", "HF-S3-POST-025", "HF-S3-AUTH-005"],
  inspect: ({ form, keyId }) => {
    const field = form?.read(tokenName)
    if (field === undefined || field.value === "" || keyId?.startsWith("AKIA") !== true) return undefined
    return found({
      confidence: "likely",
      detail: `The key id begins with AKIA, but the form contains ${field.name}.`,
      evidence: [{ at: place(field.index), name: field.name, observed: field.value, expected: "no token" }],
      about: ["token"],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const token = [tokenMissing, tokenMisnamed, tokenAltered, tokenOfAnotherKey] as const
