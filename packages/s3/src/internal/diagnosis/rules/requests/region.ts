/**
 * Rules about requests signed for another region, signed with a version that the region does not accept, or sent to another endpoint.
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

/** The credential's region is not the bucket's. */
const wrongRegion = rule({
  code: "HF-S3-PLACE-001",
  name: "WrongRegion",
  phase: "place",
  title: "The request was signed for another region than the bucket's",
  explanation:
    "The region is part of the credential and of the key that signs. S3 refuses a signature for another region than the one " +
    "that the endpoint serves, even where key and secret are right, and names the region that it expects.",
  fix: [{ text: "sign for the bucket's region, and send to that region's endpoint", safety: "safe to apply" }],
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
    if (place.region === credential.region) return cleared("region", `${place.region}, as the host says`)
    return found({
      confidence: "certain",
      detail: `The credential is for ${credential.region}, and the host is ${place.region}'s.`,
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
      // Some servers name their region in every error. This one is about the signature.
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
          ? `The server names the region of the credential as wrong${choices(facts)}.`
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

/** The signed region, according to the request, or else as the server quotes it. */
const signedFor = ({ answer, credential }: S3Facts): string => {
  if (credential !== undefined) return `, and the credential is for ${credential.region}`
  const [, quoted] = /the region '([\w-]{1,40})' is wrong/i.exec(answer.message) ?? []
  return quoted === undefined ? "" : `, and the request was signed for ${quoted}`
}

/** The regions that the server accepts, if it lists them. */
const choices = ({ answer }: S3Facts): string => {
  const [, listed] = /must be one of:? ([\w-]{1,40}(?:, [\w-]{1,40}){0,20})/i.exec(answer.message) ?? []
  if (listed === undefined) return ""
  return listed.split(", ").includes("auto") ? `; it takes auto (or one of ${listed})` : `; it takes ${listed}`
}

/** Regions from before 2014 accept version 2 (Amazon S3, "Specifying the signature version"). All later ones do not. */
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

/** Version 2 was used although only version 4 is accepted. */
const oldSignature = rule({
  code: "HF-S3-SIGN-020",
  name: "OldSignature",
  phase: "credentials",
  title: "The request is signed in version 2, and the bucket takes version 4 only",
  explanation:
    "Signature Version 2 (AWSAccessKeyId and Signature) is taken only in regions that are older than 2014, and not by " +
    "Backblaze B2, Cloudflare R2, Oracle, Supabase and Garage. All others, and every object that is encrypted with KMS, " +
    "demand AWS4-HMAC-SHA256.",
  fix: [{ text: "sign with Signature Version 4: in boto3 Config(signature_version='s3v4')", safety: "safe to apply" }],
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
        ? `${place.region} takes version 4 only`
        : encryption?.startsWith("aws:kms") === true
          ? "encryption with KMS takes version 4 only"
          : lackOf(facts, "version 2") === undefined
            ? undefined
            : `${facts.dialect.name} takes version 4 only`
    if (needs === undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The signature is one of version 2; ${needs}.`,
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
          ? "The signature is one of version 2, and the server asks for version 4."
          : "The server asks for a signature of version 4: the request was signed with version 2, or not at all.",
      evidence: [
        ...Asked.theCode(facts),
        ...(version === 2 ? [{ at: "request.url", name: "signature version", observed: "2", expected: "4" }] : []),
      ],
    })
  },
})

/** The rules, in the order of S3's checks. */
export const region = [wrongRegion, oldSignature, wrongEndpoint, redirected] as const
