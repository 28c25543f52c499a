/**
 * Rules for form signatures that do not match.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isFaultless } from "./faults.ts"
import { dialectOf, tokenName, place, isSilent, isPlainDenial } from "./fields.ts"

const rule = topic("post-signature")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"

const isMismatch = ({ answer }: S3Facts): boolean =>
  /^(?:SignatureDoesNotMatch|InvalidSignature)$/.test(answer.code) ||
  (answer.code === "AccessDenied" && /\bsignature\b/i.test(answer.message) && !/version/i.test(answer.message))

/** The text that the server reports having checked, if that text was the policy of a form. */
const checkedPolicy = ({ answer }: S3Facts): string | undefined => {
  const text = answer.element("StringToSign")?.trim()
  // A policy is one text in base64. The signed text of a request has lines, which some copies turn into spaces.
  return text === undefined || !/^[\w+/-]+={0,2}$/.test(text) ? undefined : text
}

const signatureMalformed = rule({
  code: "HF-S3-POST-046",
  name: "SignatureMalformed",
  phase: "signature",
  title: "The signature of the form is damaged",
  explanation:
    "A version 4 signature has 64 hexadecimal digits; a version 2 signature has 28 base64 characters. Another " +
    "length means that the signature was cut off or encoded. A space in the signature was originally a + that was " +
    "decoded as in a URL.",
  fix: [{ text: "send the signature as the signer returned it", safety: "safe to apply" }],
  change: "plan",
  links: [signing],
  inspect: (facts) => {
    const { form, version } = facts
    if (form === undefined || dialectOf(form) !== "aws") return undefined
    const field = form.read(version === 2 ? "signature" : "x-amz-signature")
    if (field === undefined || field.value === "") return undefined
    const length = Redaction.bytesOf(field.value)
    const expected = version === 2 ? 28 : 64
    const hasBlanks = Redaction.has(field.value, "blanks")
    if (length === expected && !hasBlanks) return cleared("signature form", `${length} characters`)
    return found({
      confidence: "likely",
      detail: hasBlanks
        ? "The signature contains a space."
        : `The signature has ${length} characters, but should have ${expected}.`,
      evidence: [
        { at: place(field.index), name: field.name, observed: field.value, expected: `${expected} characters` },
      ],
      about: [field.name, "signature"],
    })
  },
})

const policyAltered = rule({
  code: "HF-S3-POST-047",
  name: "PolicyAltered",
  phase: "signature",
  title: "The policy was altered on its way to the server",
  explanation:
    "The signature covers the policy's base64 text, character by character. The server received text that differs " +
    "from the text in the form: the policy was decoded and encoded again, or trimmed, or its + characters became " +
    "spaces.",
  fix: [
    {
      text: "send the policy as the signer returned it, and prevent intermediaries from rewriting the form",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [signing],
  rivals: ["HF-S3-POST-046"],
  recognise: (facts) => {
    const checked = checkedPolicy(facts)
    const field = facts.form?.read("policy")
    if (field === undefined || checked === undefined || !isMismatch(facts)) return undefined
    if (checked === field.value.trim()) return cleared("policy as received", "the one in the form")
    return found({
      confidence: "certain",
      detail: "The text that the server checked differs from the policy in the form.",
      evidence: [
        {
          at: "response.body.StringToSign",
          name: "StringToSign",
          observed: "another text",
          expected: "the form's policy",
        },
        { at: place(field.index), name: field.name, observed: `${field.bytes ?? field.value.length} bytes` },
      ],
      about: ["policy"],
    })
  },
})

const signatureNotAccepted = rule({
  code: "HF-S3-POST-051",
  name: "FormSignatureNotAccepted",
  phase: "signature",
  title: "The signature does not match the policy, or the server does not accept its key or session",
  explanation:
    "All fields are present, in order and permitted by the policy, so the form cannot show the remaining causes: " +
    "the secret does not belong to the key id, the signing key was derived for another day, region or service, the " +
    "signature was altered, the server does not recognize the key, or its session has expired. Some servers send " +
    "the same empty AccessDenied for all of these causes.",
  fix: [
    { text: "sign the same policy with the same key elsewhere and compare the signatures", safety: "check first" },
    {
      text: "check that the secret and the key id belong together, and that the key is active on this host",
      safety: "check first",
    },
  ],
  change: "url",
  links: [signing],
  recognise: (facts) => {
    const { answer, form, proof } = facts
    if (proof === undefined && answer.code === "AccessDenied" && /<Message\s*(?:\/>|><\/Message>)/.test(answer.body))
      return found({
        confidence: "possible",
        detail:
          "An empty message does not distinguish between a wrong signature, an unknown key, and a session token " +
          "that is missing, late, altered or expired: only the form shows which of them is the cause.",
        evidence: [{ at: "response.body.Message", name: "Message", observed: "" }],
      })
    if (proof === undefined) {
      if (answer.code !== "SignatureDoesNotMatch" || checkedPolicy(facts) === undefined) return undefined
      return found({
        confidence: "likely",
        detail:
          "The server checked the policy of a form: the policy was altered in transit or signed with another secret.",
        evidence: [{ at: "response.body.StringToSign", name: "StringToSign", observed: "the policy of a form" }],
      })
    }
    if (form === undefined || answer.status < 400 || !isFaultless(facts)) return undefined
    const checked = checkedPolicy(facts)
    if (checked !== undefined && checked !== form.read("policy")?.value.trim()) return undefined
    if (isMismatch(facts))
      return found({
        confidence: "likely",
        detail:
          checked === undefined
            ? "The signature that the server computed for the policy differs: another secret, day, region or service was used."
            : "The policy that the server checked is the one in the form: the secret, or the day, region or service of the " +
              "signing key, is wrong.",
        evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
        about: ["signature"],
      })
    if (!isSilent(facts) && !isPlainDenial(facts)) return undefined
    const token = form.read(tokenName)
    return found({
      confidence: isSilent(facts) ? "likely" : "possible",
      detail:
        "The server does not give a reason, and the form has no visible fault: the secret, the signature" +
        (token === undefined ? " or the key" : ", the key or its session token") +
        " is not what the server expects.",
      evidence: ["x-amz-signature", "signature"].flatMap((name) => {
        const field = form.read(name)
        return field === undefined ? [] : [{ at: place(field.index), name: field.name, observed: field.value }]
      }),
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const signature = [signatureMalformed, policyAltered, signatureNotAccepted] as const
