/**
 * Rules for requests that were sent to the wrong endpoint, or signed for the wrong region or with a version that the region
 * does not accept.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { lackOf } from "../../dialects/lacks.ts"
import { topic } from "../../rule.ts"
import { byHost } from "./hostRegion.ts"
import { links } from "./links.ts"
import { expectedBy, redirected, regionIn, wrongEndpoint } from "./redirect.ts"

const rule = topic("region")

const wrongRegion = rule({
  code: "HF-S3-PLACE-001",
  name: "WrongRegion",
  phase: "place",
  title: "The request was signed for a region other than the bucket's region",
  explanation:
    "The region is part of the credential and of the signing key. If a signature is for a region other than the " +
    "endpoint's, S3 rejects it even if the key id and the secret are correct, and reports the expected region.",
  fix: [
    {
      text: "sign the request for the bucket's region, and send it to the endpoint of that region",
      safety: "safe to apply",
    },
  ],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-AUTH-012", "HF-S3-URL-007", "HF-S3-POST-042"],
  inspect: (facts) => {
    const { credential } = facts
    const place = Asked.placeOf(facts)
    if (credential === undefined || credential.region === "" || place?.region === undefined) return undefined
    if (isHidden(credential.region)) return undefined
    // Version 4A signs for a set of regions, and its credential contains none.
    if (facts.query("x-amz-algorithm")?.startsWith("AWS4-ECDSA")) return undefined
    if (facts.header("authorization")?.startsWith("AWS4-ECDSA")) return undefined
    if (place.region === credential.region) return cleared("region", `${place.region}, as in the host`)
    return found({
      confidence: "certain",
      detail: `The credential is for the region ${credential.region}, but the host is in the region ${place.region}.`,
      evidence: [
        { at: credential.at, name: "region", observed: credential.region, expected: place.region },
        { at: "request.url", name: "host", observed: facts.url?.hostname ?? "" },
      ],
    })
  },
  recognise: (facts) => {
    const { answer, credential } = facts
    const expected = expectedBy(facts)
    const worded = /\bregion\b.{0,80}\b(?:wrong|expecting|not valid|mismatch)|unexpected scope|invalid region/i.test(
      answer.message,
    )
    const differs = expected !== undefined && credential !== undefined && credential.region !== regionIn(expected)
    const ofSignature = Asked.said(facts, "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError")
    const refused =
      Asked.said(facts, "InvalidRegionName") ||
      (Asked.said(facts, "InvalidRegion") && answer.status === 400) ||
      (worded && (ofSignature || Asked.said(facts, "InvalidArgument", "InvalidRequest", "InvalidRegion"))) ||
      // Some servers name their region in every error; this one concerns the signature.
      (ofSignature && expected?.name === "Region" && (differs || credential === undefined))
    const inPassing =
      differs &&
      expected.name === "x-amz-bucket-region" &&
      (Asked.isWordless(facts) || Asked.said(facts, "AccessDenied", "SignatureDoesNotMatch", "PermanentRedirect"))
    if (!refused && !inPassing) return byHost(facts)
    return found({
      confidence: refused && expected !== undefined && (differs || credential === undefined) ? "certain" : "likely",
      detail:
        expected === undefined
          ? `The server reports that the region in the credential is wrong${choices(facts)}.`
          : `The bucket is in ${regionIn(expected)}${signedFor(facts)}.`,
      evidence: [
        ...(credential === undefined
          ? []
          : [
              {
                at: credential.at,
                name: "region",
                observed: credential.region,
                ...(expected === undefined ? {} : { expected: regionIn(expected) }),
              },
            ]),
        ...(expected === undefined ? Asked.theCode(facts) : [expected]),
      ],
      about: ["region", "credential"],
    })
  },
})

/** The region of the signature, from the request if it was captured, and otherwise as quoted by the server. */
const signedFor = ({ answer, credential }: S3Facts): string => {
  if (credential !== undefined) return `, but the credential is for ${credential.region}`
  const [, quoted] = /the region '([\w-]{1,40})' is wrong/i.exec(answer.message) ?? []
  return quoted === undefined ? "" : `, but the request was signed for ${quoted}`
}

/** The regions that the server accepts, if it lists them. */
const choices = ({ answer }: S3Facts): string => {
  const [, listed] = /must be one of:? ([\w-]{1,40}(?:, [\w-]{1,40}){0,20})/i.exec(answer.message) ?? []
  if (listed === undefined) return ""
  return listed.split(", ").includes("auto")
    ? `; the server accepts auto (or one of ${listed})`
    : `; the server accepts only ${listed}`
}

/** Regions from before 2014 accept version 2 (Amazon S3, "Specifying the signature version"); later regions do not. */
const old: ReadonlySet<string> = new Set([
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "sa-east-1",
  "us-gov-west-1",
])

const oldSignature = rule({
  code: "HF-S3-SIGN-020",
  name: "OldSignature",
  phase: "credentials",
  title: "The request is signed with Signature Version 2, but the bucket accepts only Signature Version 4",
  explanation:
    "Only regions launched before 2014 accept Signature Version 2 (AWSAccessKeyId and Signature); Backblaze B2, " +
    "Cloudflare R2, Oracle, Supabase and Garage do not accept it. All other regions, and every object that is " +
    "encrypted with KMS, require AWS4-HMAC-SHA256.",
  fix: [
    { text: "sign with Signature Version 4; in boto3, set Config(signature_version='s3v4')", safety: "safe to apply" },
  ],
  change: "url",
  links: [links.oldSigning, links.querySigning],
  rivals: ["HF-S3-AUTH-012"],
  inspect: (facts) => {
    const { header, version } = facts
    if (version !== 2) return undefined
    const place = Asked.placeOf(facts)
    const encryption = header("x-amz-server-side-encryption") ?? facts.form?.read("x-amz-server-side-encryption")?.value
    const needs =
      place?.region !== undefined && !old.has(place.region)
        ? `${place.region} accepts only version 4`
        : encryption?.startsWith("aws:kms") === true
          ? "encryption with KMS requires Signature Version 4"
          : lackOf(facts, "version 2") === undefined
            ? undefined
            : `${facts.dialect.name} accepts only version 4`
    if (needs === undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The request is signed with Signature Version 2; ${needs}.`,
      evidence: [{ at: "request.url", name: "signature version", observed: "2", expected: "4" }],
    })
  },
  recognise: (facts) => {
    const { answer, version } = facts
    if (version === 4 || facts.proof === "nothing") return undefined
    const worded =
      /please use AWS4-HMAC-SHA256|require AWS Signature Version 4|signature version.{0,20}not supported|SigV2.{0,30}not supported/i.test(
        answer.message,
      )
    const silent =
      (version === 2 || !facts.hasRequest) && Asked.said(facts, "UnsupportedSignature", "SignatureVersionNotSupported")
    if (!worded && !silent) return undefined
    return found({
      confidence: version === 2 ? "certain" : "likely",
      detail:
        version === 2
          ? "The request is signed with Signature Version 2, but the server requires Signature Version 4."
          : "The server requires Signature Version 4, but the request was signed with version 2 or was not signed.",
      evidence: [
        ...Asked.theCode(facts),
        ...(version === 2 ? [{ at: "request.url", name: "signature version", observed: "2", expected: "4" }] : []),
      ],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const region = [wrongRegion, oldSignature, wrongEndpoint, redirected] as const
