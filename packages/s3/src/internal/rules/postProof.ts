/**
 * How a form is signed, and for where: version, region, and once only.
 */
import { cleared, found } from "@holdfast/core/Diagnosis"
import type { Facts } from "../facts.ts"
import { topic } from "../rule.ts"
import { dialectOf, place } from "./postFields.ts"

const rule = topic("post-proof")

const signing = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html"
const versions = "https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html"

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

/** The topic's rules, in the order in which S3 looks. */
export const postProof = [twoProofs, versionTooOld, regionWrong] as const
