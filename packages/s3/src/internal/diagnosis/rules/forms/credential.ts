/**
 * Rules for the inputs of a signature: the algorithm, the credential and the date.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import { basicDate } from "../../../time/basicDate.ts"
import { topic } from "../../rule.ts"
import { equal, isOnField } from "./conditions.ts"
import { place } from "./fields.ts"

const rule = topic("post-credential")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"
const forms = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html"

const algorithm = "AWS4-HMAC-SHA256"

const algorithmWrong = rule({
  code: "HF-S3-POST-041",
  name: "AlgorithmWrong",
  phase: "form",
  title: `The form specifies an algorithm other than ${algorithm}`,
  explanation:
    "A form signed with version 4 must specify exactly AWS4-HMAC-SHA256. With any other value, the server either " +
    "reports an invalid argument, or treats the form as version 2 and reports that the fields of that version are " +
    "missing.",
  fix: [{ text: `send x-amz-algorithm as ${algorithm}`, safety: "check first" }],
  change: "plan",
  links: [forms],
  rivals: ["HF-S3-POST-013"],
  inspect: ({ form }) => {
    const field = form?.read("x-amz-algorithm")
    if (form === undefined || field === undefined || field.value === "" || field.value === algorithm) return undefined
    return found({
      confidence: field.value === "AWS4-ECDSA-P256-SHA256" ? "likely" : "certain",
      detail: `${field.name} is "${field.value}".`,
      evidence: [{ at: place(field.index), name: field.name, observed: field.value, expected: algorithm }],
      about: ["algorithm", field.name],
    })
  },
})

/** The maximum length of a key id, in bytes; the redaction mark of a longer key id may also cover a date. */
const longestId = 24

/**
 * Whether redaction may have hidden part of the scope and its slashes, so that the format of the credential is unknown.
 */
const hidesScope = (value: string): boolean => {
  const [id = "", ...scope] = value.split("/")
  return (Redaction.isHidden(id) && Redaction.bytesOf(id) > longestId) || scope.some(Redaction.isHidden)
}

const credentialMalformed = rule({
  code: "HF-S3-POST-042",
  name: "CredentialMalformed",
  phase: "form",
  title: "The credential of the form is malformed",
  explanation:
    "x-amz-credential has the format <key id>/<YYYYMMDD>/<region>/s3/aws4_request. The server cannot read it if a " +
    "part is missing, if it names another service, or if its slashes are percent-encoded (a form is not a URL).",
  fix: [{ text: "send x-amz-credential as the signer returned it, without percent-encoding", safety: "safe to apply" }],
  change: "plan",
  links: [forms],
  rivals: ["HF-S3-PLACE-001", "HF-S3-POST-013"],
  inspect: ({ credential, form }) => {
    const field = form?.read("x-amz-credential")
    if (form === undefined || field === undefined || field.value === "" || credential === undefined) return undefined
    if (credential.wellFormed || credential.service.startsWith("s3-")) return undefined
    const isEncoded = /%2f/i.test(field.value) || Redaction.has(field.value, "percent")
    if (!isEncoded && hidesScope(field.value)) return undefined
    return found({
      confidence: "certain",
      detail: isEncoded
        ? "The slashes in the credential are percent-encoded."
        : `The credential has ${field.value.split("/").length} parts: ${field.value.split("/").slice(1).join("/") || "no scope"} follows the key id.`,
      evidence: [
        {
          at: place(field.index),
          name: field.name,
          observed: field.value,
          expected: "<key id>/<YYYYMMDD>/<region>/s3/aws4_request",
        },
      ],
      about: ["credential", field.name],
    })
  },
})

const dateWrong = rule({
  code: "HF-S3-POST-043",
  name: "DateWrong",
  phase: "form",
  title: "The date of the form differs from the day in its credential",
  explanation:
    "x-amz-date has the format 20261121T172358Z. The day in x-amz-date must equal the day in x-amz-credential, " +
    "because the signing key is derived for that day. The days differ if the clock is read twice around midnight, " +
    "or if fields of two forms are mixed.",
  fix: [{ text: "send both fields from the same form; read the clock only once when signing", safety: "check first" }],
  change: "url",
  links: [forms, signing],
  rivals: ["HF-S3-POST-046", "HF-S3-POST-047"],
  inspect: ({ credential, form }) => {
    const field = form?.read("x-amz-date")
    if (form === undefined || field === undefined || field.value === "") return undefined
    const isDate = basicDate(field.value) !== undefined
    const day = credential?.wellFormed === true ? credential.date : undefined
    if (isDate && (day === undefined || field.value.startsWith(day))) return undefined
    // Version 2 needs no date.
    if (form.field("x-amz-credential") === undefined) return undefined
    return found({
      confidence: "certain",
      detail: isDate
        ? `${field.name} is ${field.value}, but the day in the credential is ${day}.`
        : `${field.name} is "${Redaction.shown(field.value)}", which is not written as 20261121T172358Z.`,
      evidence: [
        {
          at: place(field.index),
          name: field.name,
          observed: field.value,
          expected: isDate ? `${day}T…Z` : "YYYYMMDD'T'HHMMSS'Z'",
        },
      ],
      about: ["date", field.name],
    })
  },
})

/** The permitted difference between the clocks, in milliseconds (RequestTimeTooSkewed: MaxAllowedSkewMilliseconds). */
const allowedSkew = 900_000

const notYetValid = rule({
  code: "HF-S3-POST-044",
  name: "FormNotYetValid",
  phase: "credentials",
  title: "The date of the form is in the future: the signer's clock is fast",
  explanation:
    "A form is valid from its x-amz-date onward, and servers tolerate a clock difference of 15 minutes. A later " +
    "date comes from a machine whose clock is fast, or from one that treated local time as UTC.",
  fix: [
    { text: "correct the signer's clock, and request a new form", safety: "check first" },
    { text: "have the signer write the date in UTC", safety: "check first" },
  ],
  change: "clock",
  links: [forms],
  rivals: ["HF-S3-POST-051"],
  inspect: ({ clock, form, signedAt }) => {
    const field = form?.read("x-amz-date")
    if (field === undefined || signedAt === undefined || clock.judge === undefined) return undefined
    const ahead = signedAt - clock.judge
    if (ahead <= allowedSkew) return cleared("form's date", ahead > 0 ? "within 15 min" : "past")
    return found({
      confidence: "certain",
      detail: `${field.name} is ${Math.round(ahead / 1000)} s later than the time of the request.`,
      evidence: [
        {
          at: place(field.index),
          name: field.name,
          observed: field.value,
          expected: `at most 15 min after ${Asked.instant(clock.judge)}`,
        },
      ],
      about: ["yet", "valid"],
    })
  },
})

const signedFieldChanged = rule({
  code: "HF-S3-POST-045",
  name: "SignedFieldChanged",
  phase: "form",
  title: "The form mixes fields from two signed forms",
  explanation:
    "The policy contains the credential, the date and the algorithm that were used to sign it. The form's values " +
    "differ from those in the policy, so the signature cannot match: fields from an earlier form were kept when a " +
    "new form was fetched, or a field was rewritten.",
  fix: [{ text: "take all fields from the same response from the signer", safety: "safe to apply" }],
  change: "plan",
  links: [signing],
  rivals: ["HF-S3-POST-046", "HF-S3-POST-047"],
  inspect: ({ form }) => {
    if (form?.policy?._tag !== "Policy") return undefined
    const changed = form.policy.policy.conditions.filter(isOnField).flatMap((condition) => {
      if (!/^x-amz-(?:algorithm|credential|date)$/.test(condition.field)) return []
      const field = form.read(condition.field)
      if (field === undefined || field.value === "") return []
      const same =
        condition._tag === "Exact"
          ? equal(field.value, condition.value)
          : Redaction.isHidden(condition.prefix) || Redaction.startsWith(field.value, condition.prefix)
      return same === false ? [{ condition, field }] : []
    })
    const [first] = changed
    if (first === undefined) return undefined
    return found({
      confidence: "certain",
      detail:
        `${changed.map(({ field }) => field.name).join(", ")} ${changed.length === 1 ? "differs" : "differ"} from ` +
        "the policy.",
      evidence: changed.map(({ condition, field }) => ({
        at: place(field.index),
        name: field.name,
        observed: field.value,
        expected: Redaction.shown(condition._tag === "Exact" ? condition.value : `${condition.prefix}…`),
      })),
      about: changed.map(({ field }) => field.name),
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const credential = [algorithmWrong, credentialMalformed, dateWrong, signedFieldChanged, notYetValid] as const
