/**
 * The signature of a form, and what it is made from.
 */
import { cleared, found } from "@holdfast/core/Diagnosis"
import * as Redaction from "@holdfast/core/Redaction"
import { basicDate, type Facts } from "../facts.ts"
import { topic } from "../rule.ts"
import { equal, isOnField } from "./postConditions.ts"
import { dialectOf, isPlainDenial, isSilent, place, tokenName } from "./postFields.ts"

const rule = topic("post-sign")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"
const forms = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html"
const versions = "https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html"

const algorithm = "AWS4-HMAC-SHA256"

/** The algorithm is not the one that forms are signed with. */
export const algorithmWrong = rule({
  code: "HF-S3-POST-041",
  name: "AlgorithmWrong",
  phase: "form",
  title: `The form names another algorithm than ${algorithm}`,
  explanation:
    "A form of signature version 4 must say AWS4-HMAC-SHA256, in these letters. With another word a server either calls the " +
    "argument invalid or takes the form for one of version 2 and misses the fields of that.",
  fix: [{ text: `send x-amz-algorithm as ${algorithm}`, safety: "check first" }],
  change: "plan",
  links: [forms],
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

/** The credential does not have its five parts. */
export const credentialMalformed = rule({
  code: "HF-S3-POST-042",
  name: "CredentialMalformed",
  phase: "form",
  title: "The credential of the form is malformed",
  explanation:
    "x-amz-credential is <key id>/<YYYYMMDD>/<region>/s3/aws4_request. A part that is missing, another service, or slashes " +
    "that are percent-encoded (a form is not a URL) make it unreadable.",
  fix: [{ text: "send x-amz-credential as the signer returned it, not encoded", safety: "safe to apply" }],
  change: "plan",
  links: [forms],
  inspect: ({ credential, form }) => {
    const field = form?.read("x-amz-credential")
    if (form === undefined || field === undefined || field.value === "" || credential === undefined) return undefined
    if (credential.wellFormed || credential.service.startsWith("s3-")) return undefined
    const isEncoded = /%2f/i.test(field.value) || Redaction.has(field.value, "percent")
    return found({
      confidence: "certain",
      detail: isEncoded
        ? "Its slashes are percent-encoded."
        : `It has ${field.value.split("/").length} parts: ${field.value.split("/").slice(1).join("/") || "no scope"} follows the key id.`,
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

/** The date of the form does not fit. */
export const dateWrong = rule({
  code: "HF-S3-POST-043",
  name: "DateWrong",
  phase: "form",
  title: "The date of the form is not the day its credential is for",
  explanation:
    "x-amz-date is written as 20261121T172358Z, and its day is the one in x-amz-credential, for the signing key is made for " +
    "that day. Two calls of the clock around midnight, or fields of two forms mixed, make them differ.",
  fix: [{ text: "send both fields of the same form; sign with one reading of the clock", safety: "check first" }],
  change: "url",
  links: [forms, signing],
  inspect: ({ credential, form }) => {
    const field = form?.read("x-amz-date")
    if (form === undefined || field === undefined || field.value === "") return undefined
    const isDate = basicDate(field.value) !== undefined
    const day = credential?.wellFormed === true ? credential.date : undefined
    if (isDate && (day === undefined || field.value.startsWith(day))) return undefined
    // Nobody asks for the date where version 2 signed.
    if (form.field("x-amz-credential") === undefined) return undefined
    return found({
      confidence: "certain",
      detail: isDate
        ? `${field.name} is ${field.value}, and the credential is for ${day}.`
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

/** How far a clock may be off, in milliseconds (RequestTimeTooSkewed: MaxAllowedSkewMilliseconds). */
const allowedSkew = 900_000

/** The form was signed in the future. */
export const notYetValid = rule({
  code: "HF-S3-POST-044",
  name: "FormNotYetValid",
  phase: "credentials",
  title: "The form is dated in the future: the signer's clock is fast",
  explanation:
    "A form is good from its x-amz-date on, and servers allow 15 minutes for clocks that disagree. One that is dated later " +
    "than that was signed by a machine whose clock is fast, or that took local time for UTC.",
  fix: [
    { text: "set the signer's clock, and ask it for a new form", safety: "check first" },
    { text: "have the signer write UTC", safety: "check first" },
  ],
  change: "clock",
  links: [forms],
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
          expected: `at most 15 min after ${new Date(clock.judge).toISOString()}`,
        },
      ],
      about: ["yet", "valid"],
    })
  },
})

/** A field that went into the signing key is not the one that was signed. */
export const signedFieldChanged = rule({
  code: "HF-S3-POST-045",
  name: "SignedFieldChanged",
  phase: "form",
  title: "The form mixes the fields of two signings",
  explanation:
    "The policy has the credential, the date and the algorithm that it was signed with. The form's own differ, so the " +
    "signature cannot fit: fields of an earlier form were kept when a new one was fetched, or a field was rewritten.",
  fix: [{ text: "take all fields from one answer of the signer", safety: "safe to apply" }],
  change: "plan",
  links: [signing],
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
      detail: `${changed.map(({ field }) => field.name).join(", ")} ${changed.length === 1 ? "is" : "are"} not what the policy says.`,
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

/** The signature cannot be one. */
export const signatureMalformed = rule({
  code: "HF-S3-POST-046",
  name: "SignatureMalformed",
  phase: "signature",
  title: "The signature of the form is damaged",
  explanation:
    "A signature of version 4 is 64 hexadecimal digits, one of version 2 is 28 characters of base64. Another length means " +
    "that it was cut off or encoded; a blank in it that a + was taken for one.",
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
      detail: hasBlanks ? "It has a blank in it." : `It has ${length} characters, and should have ${expected}.`,
      evidence: [
        { at: place(field.index), name: field.name, observed: field.value, expected: `${expected} characters` },
      ],
      about: [field.name, "signature"],
    })
  },
})

const isMismatch = ({ answer }: Facts): boolean =>
  /^(?:SignatureDoesNotMatch|InvalidSignature)$/.test(answer.code) ||
  (answer.code === "AccessDenied" && /\bsignature\b/i.test(answer.message) && !/version/i.test(answer.message))

/** What the server says it checked, if that was the policy of a form. */
const checkedPolicy = ({ answer }: Facts): string | undefined => {
  const text = answer.element("StringToSign")?.trim()
  return text === undefined || text === "" || text.includes("\n") || text.startsWith("AWS4-") ? undefined : text
}

/** The policy that arrived is not the one that the form holds. */
export const policyAltered = rule({
  code: "HF-S3-POST-047",
  name: "PolicyAltered",
  phase: "signature",
  title: "The policy was altered on its way to the server",
  explanation:
    "The signature is made over the policy's base64 text, character by character. The server got another text than the form " +
    "holds: something decoded and encoded it again, trimmed it, or turned its + into blanks.",
  fix: [
    {
      text: "send the policy as the signer returned it, and let nothing between rewrite the form",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [signing],
  recognise: (facts) => {
    const checked = checkedPolicy(facts)
    const field = facts.form?.read("policy")
    if (field === undefined || checked === undefined || !isMismatch(facts)) return undefined
    if (checked === field.value.trim()) return cleared("policy as received", "the one in the form")
    return found({
      confidence: "certain",
      detail: "The text that the server checked the signature against is not the policy of the form.",
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

/** Regions that still take signatures of version 2 (S3, "Authenticating requests": those opened before 2014-01-30). */
const takeVersion2: ReadonlySet<string> = new Set([
  "ap-northeast-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-west-1",
  "sa-east-1",
  "us-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
])

/** The region that a host of AWS names. */
const regionOf = ({ url }: Facts): string | undefined =>
  /(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(
    url?.hostname.toLowerCase() ?? "",
  )?.[1]

const asksForVersion4 = ({ answer }: Facts): boolean =>
  /please use AWS4-HMAC-SHA256|requires? (?:AWS )?signature version 4/i.test(answer.message)

/** The form is signed with version 2 where only version 4 is taken. */
export const versionTooOld = rule({
  code: "HF-S3-POST-048",
  name: "FormVersionTooOld",
  phase: "form",
  title: "The form is signed with version 2, where only version 4 is accepted",
  explanation:
    "AWSAccessKeyId and signature are the fields of signature version 2. Regions that opened after January 2014 do not know " +
    "it, and objects that are encrypted with KMS are not served to it anywhere.",
  fix: [
    {
      text: "have the signer use signature version 4 (boto3: Config(signature_version='s3v4'))",
      safety: "check first",
    },
  ],
  change: "url",
  links: [versions],
  inspect: (facts) => {
    const { form, version } = facts
    if (form === undefined || version !== 2 || dialectOf(form) !== "aws") return undefined
    const region = regionOf(facts)
    const encryption = form.read("x-amz-server-side-encryption")
    const isNew = region !== undefined && !takeVersion2.has(region)
    const isKms = encryption?.value.startsWith("aws:kms") === true
    if (!isNew && !isKms) return undefined
    return found({
      confidence: "certain",
      detail: isNew
        ? `The host is in ${region}, which takes version 4 alone.`
        : "The object is to be encrypted with KMS, which needs version 4.",
      evidence: [
        isKms && encryption !== undefined
          ? { at: place(encryption.index), name: encryption.name, observed: encryption.value }
          : { at: "request.url", name: "host", observed: facts.url?.hostname ?? "", expected: "a form of version 4" },
      ],
      about: ["aws4-hmac-sha256", "version"],
    })
  },
  recognise: (facts) =>
    facts.form !== undefined && asksForVersion4(facts)
      ? found({
          confidence: facts.version === 2 ? "certain" : "likely",
          detail: `The server asks for version 4${facts.version === 2 ? ", and the form has the fields of version 2" : ""}.`,
          evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
          about: ["aws4-hmac-sha256"],
        })
      : undefined,
})

/** The credential is for another region than the bucket's. */
export const regionWrong = rule({
  code: "HF-S3-POST-049",
  name: "FormRegionWrong",
  phase: "credentials",
  title: "The form is signed for another region than the bucket's",
  explanation:
    "The region is part of the credential and of the signing key. A form that is signed for one region is refused in " +
    "every other; the signer was configured with a default.",
  fix: [{ text: "have the signer use the bucket's region", safety: "check first" }],
  change: "url",
  links: [signing],
  inspect: (facts) => {
    const { credential, form } = facts
    const region = regionOf(facts)
    if (form === undefined || region === undefined || credential?.wellFormed !== true) return undefined
    if (credential.region === region) return cleared("region", region)
    return found({
      confidence: "likely",
      detail: `The credential is for ${credential.region}, and the form goes to ${region}.`,
      evidence: [{ at: credential.at, name: "region", observed: credential.region, expected: region }],
      about: ["region"],
    })
  },
  recognise: (facts) => {
    const { answer, credential, form } = facts
    if (form === undefined && !(facts.proof === undefined && answer.code === "InvalidArgument")) return undefined
    const [, wrong, right] = /region '([\w-]+)' is wrong; expecting '([\w-]+)'/i.exec(answer.message) ?? []
    const expected = right ?? answer.element("Region") ?? answer.header("x-amz-bucket-region")
    const stated = wrong ?? credential?.region
    if (expected === undefined || stated === undefined || expected === stated || answer.status < 300) return undefined
    if (right === undefined && !/region|location|redirect/i.test(answer.code + answer.message)) return undefined
    return found({
      confidence: form === undefined ? "likely" : "certain",
      detail: `The credential is for ${stated}, and the server expects ${expected}.`,
      evidence: [{ at: credential?.at ?? "response.body.Message", name: "region", observed: stated, expected }],
      about: ["region"],
    })
  },
})

/** Something proves the sender a second time. */
export const twoProofs = rule({
  code: "HF-S3-POST-050",
  name: "FormAndAuthorization",
  phase: "form",
  title: "The request carries another proof of the sender beside the form's own",
  explanation:
    "A form is signed by its fields. S3 refuses a request that is signed a second time, by an Authorization header or in its " +
    "URL: clients that add the application's own token to every request do that, and so do form posts to a presigned URL.",
  fix: [{ text: "send the form without Authorization, to the plain URL of the bucket", safety: "safe to apply" }],
  change: "plan",
  links: [signing],
  inspect: (facts) => {
    const { form, header, query } = facts
    if (form === undefined || !["policy", "x-amz-signature", "signature"].some((name) => form.field(name)))
      return undefined
    const authorization = header("authorization")
    const signature = query("x-amz-signature") ?? query("signature")
    if (authorization === undefined && signature === undefined)
      return facts.exchange.request?.headers === undefined ? undefined : cleared("other proofs", "none")
    return found({
      confidence: "certain",
      detail:
        authorization === undefined
          ? "The URL is presigned, and the form has a signature of its own."
          : "The form has a signature of its own, and the request an Authorization header.",
      evidence: [
        authorization === undefined
          ? { at: "request.url?X-Amz-Signature", name: "X-Amz-Signature", observed: signature ?? "", expected: "none" }
          : { at: "request.headers.authorization", name: "Authorization", observed: authorization, expected: "none" },
      ],
      about: ["authorization", "auth"],
    })
  },
  recognise: ({ answer, form, header }) =>
    form !== undefined && /only one auth mechanism/i.test(answer.message)
      ? found({
          confidence: "likely",
          detail: `The server got two proofs: something between adds one${header("cookie") === undefined ? "" : ", perhaps from the cookie"}.`,
          evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        })
      : undefined,
})

/** Nothing in the form is wrong, and its signature, its key or its session is not accepted. */
export const signatureNotAccepted = rule({
  code: "HF-S3-POST-051",
  name: "FormSignatureNotAccepted",
  phase: "signature",
  title: "The signature does not fit the policy, or its key or session is not accepted",
  explanation:
    "Every field is there, in order and within the policy, so what is left cannot be read off the form: the secret is not " +
    "the one of the key id, the signing key was made for another day, region or service, the signature was altered, the key " +
    "is not known to this server, or its session is over. Some servers say the same empty AccessDenied for all of them.",
  fix: [
    { text: "sign the same policy with the same key elsewhere and compare the signatures", safety: "check first" },
    {
      text: "check that secret and key id belong together, and that the key is active on this host",
      safety: "check first",
    },
  ],
  change: "url",
  links: [signing],
  recognise: (facts) => {
    const { answer, form, proof } = facts
    if (proof === undefined) {
      if (answer.code !== "SignatureDoesNotMatch" || checkedPolicy(facts) === undefined) return undefined
      return found({
        confidence: "likely",
        detail:
          "The server checked the policy of a form: it was altered on its way, or was signed with another secret.",
        evidence: [{ at: "response.body.StringToSign", name: "StringToSign", observed: "the policy of a form" }],
      })
    }
    if (form === undefined || answer.status < 400) return undefined
    if (isMismatch(facts))
      return found({
        confidence: "likely",
        detail:
          checkedPolicy(facts) === undefined
            ? "The server's signature over the policy is another: another secret, day, region or service was signed with."
            : "The server checked the very policy of the form: the secret, or the day, region or service of the signing key, is another.",
        evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
        about: ["signature"],
      })
    if (!isSilent(facts) && !isPlainDenial(facts)) return undefined
    const token = form.read(tokenName)
    return found({
      confidence: isSilent(facts) ? "likely" : "possible",
      detail:
        "The server gives no reason, and the form shows no fault: the secret, the signature" +
        (token === undefined ? " or the key" : ", the key or its session token") +
        " is not what the server expects.",
      evidence: ["x-amz-signature", "signature"].flatMap((name) => {
        const field = form.read(name)
        return field === undefined ? [] : [{ at: place(field.index), name: field.name, observed: field.value }]
      }),
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const postSign = [
  algorithmWrong,
  credentialMalformed,
  dateWrong,
  twoProofs,
  versionTooOld,
  signedFieldChanged,
  notYetValid,
  regionWrong,
  signatureMalformed,
  policyAltered,
  signatureNotAccepted,
] as const
