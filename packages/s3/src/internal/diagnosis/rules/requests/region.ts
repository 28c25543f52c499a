/**
 * Requests that were signed for another region, in an older way than the region takes, or sent to another endpoint.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { byHost } from "./hostRegion.ts"
import { links } from "./links.ts"
import { isCreation } from "./operations/bucket.ts"

const rule = topic("region")

/** The region that the answer names, and where. */
const expectedBy = ({ answer }: S3Facts): Evidence | undefined => {
  const element = answer.element("Region")
  if (element !== undefined && element !== "") return { at: "response.body.Region", name: "Region", observed: element }
  const header = answer.header("x-amz-bucket-region")
  if (header !== undefined) {
    return { at: "response.headers.x-amz-bucket-region", name: "x-amz-bucket-region", observed: header }
  }
  const worded = /expect(?:ing|ed):? '?(?:[^'\s]*\/)?([a-z]{2}(?:-[a-z]+)+-\d|auto|garage)\b/.exec(answer.message)?.[1]
  return worded === undefined
    ? undefined
    : { at: "response.body.Message", name: "Message", observed: `expecting ${worded}` }
}

const regionIn = ({ observed }: Evidence): string => observed.replace("expecting ", "")

/** The region of the credential is not that of the bucket. */
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
    // Version 4A signs for a set of regions, and its credential names none.
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
      (worded && (ofSignature || Asked.said(facts, "InvalidArgument", "InvalidRequest", "InvalidRegion"))) ||
      // Some servers name their region with every error; this one is about the signature.
      (ofSignature && expected?.name === "Region" && (differs || credential === undefined))
    const inPassing =
      differs &&
      expected.name === "x-amz-bucket-region" &&
      (Asked.isWordless(facts) || Asked.said(facts, "AccessDenied", "SignatureDoesNotMatch", "PermanentRedirect"))
    if (!refused && !inPassing) return byHost(facts)
    return found({
      confidence: refused && expected !== undefined ? "certain" : "likely",
      detail:
        expected === undefined
          ? "The server names the region of the credential as wrong."
          : `The bucket is in ${regionIn(expected)}${credential === undefined ? "" : `, and the credential is for ${credential.region}`}.`,
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

/** Regions of before 2014 take version 2 (Amazon S3, "Specifying the signature version"); all later ones do not. */
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

/** Version 2 where only version 4 will do. */
const oldSignature = rule({
  code: "HF-S3-SIGN-020",
  name: "OldSignature",
  phase: "credentials",
  title: "The request is signed in version 2, and the bucket takes version 4 only",
  explanation:
    "Signature Version 2 (AWSAccessKeyId and Signature) is taken only in regions that are older than 2014. All others, and " +
    "every object that is encrypted with KMS, demand AWS4-HMAC-SHA256.",
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
          : undefined
    if (needs === undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The signature is one of version 2; ${needs}.`,
      evidence: [{ at: "request.url", name: "signature version", observed: "2", expected: "4" }],
    })
  },
  recognise: (facts) => {
    const { answer, version } = facts
    if (version === 4) return undefined
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
          : "The server asks for a signature of version 4.",
      evidence: [
        ...Asked.theCode(facts),
        ...(version === 2 ? [{ at: "request.url", name: "signature version", observed: "2", expected: "4" }] : []),
      ],
    })
  },
})

/** Where the answer says that the bucket is. */
const whereTo = (facts: S3Facts): ReadonlyArray<Evidence> => {
  const { answer } = facts
  const headers = ["location", "x-amz-bucket-region"].flatMap((name) => {
    const observed = answer.header(name)
    return observed === undefined ? [] : [{ at: `response.headers.${name}`, name, observed }]
  })
  return [...Asked.inAnswer(facts, "Endpoint", "Region", "Bucket"), ...headers]
}

const target = (facts: S3Facts): string => {
  const endpoint = facts.answer.element("Endpoint")
  const region = expectedBy(facts)
  if (endpoint !== undefined && endpoint !== "") return `The server names ${endpoint}.`
  const [, constraint] = /\bthe ([\w-]{1,40}) location constraint is incompatible/i.exec(facts.answer.message) ?? []
  if (constraint !== undefined && constraint !== "unspecified") {
    return `The bucket is in ${constraint}, and the request was sent to the endpoint of another region${
      region === undefined ? "" : ` (${regionIn(region)})`
    }. A region that has to be enabled first (opt-in) answers at its own endpoint alone.`
  }
  return region === undefined ? "The server does not say where the bucket is." : `The bucket is in ${regionIn(region)}.`
}

/** The bucket has another endpoint for good. */
const wrongEndpoint = rule({
  code: "HF-S3-PLACE-002",
  name: "WrongEndpoint",
  phase: "place",
  title: "The bucket is reached at another endpoint than the one that was asked",
  explanation:
    "Every region has its own endpoint. The one that was asked knows the bucket and does not serve it. Following the redirect " +
    "does not help a signed request: the host is signed, and browsers do not follow redirects of preflights.",
  fix: [{ text: "sign for and send to the endpoint of the bucket's region", safety: "check first" }],
  change: "url",
  links: [links.redirects, links.hosts],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    // The region of a bucket that is to be created is another matter.
    if (Asked.said(facts, "IllegalLocationConstraintException") && isCreation(facts)) return undefined
    const stated =
      Asked.said(
        facts,
        "PermanentRedirect",
        "PermanentRedirectControlError",
        "IllegalLocationConstraintException",
        "IncorrectEndpoint",
        "EndpointNotFound",
        "InvalidHostHeader",
      ) || /must be addressed using the specified endpoint/i.test(answer.message)
    if (!stated && !(Asked.isWordless(facts) && (answer.status === 301 || answer.status === 308))) return undefined
    return found({
      confidence: whereTo(facts).length > 0 && stated ? "certain" : "likely",
      detail: target(facts),
      evidence: [...Asked.theCode(facts), ...whereTo(facts)],
    })
  },
})

/** The bucket is redirected for now. */
const redirected = rule({
  code: "HF-S3-PLACE-003",
  name: "Redirected",
  phase: "place",
  title: "The bucket is new or elsewhere, and the global endpoint redirects to its region for now",
  explanation:
    "The global endpoint learns of a new bucket in another region only after a while, up to a day, and until then answers " +
    "307. A signed request must not follow it, for the host is signed, and a body that was sent already is lost.",
  fix: [{ text: "send to the endpoint of the bucket's region, and sign for that host", safety: "check first" }],
  change: "url",
  links: [links.redirects],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    const stated = Asked.said(facts, "TemporaryRedirect", "Redirect")
    if (!stated && !(Asked.isWordless(facts) && (answer.status === 307 || answer.status === 302))) return undefined
    return found({
      confidence: stated ? "certain" : "likely",
      detail: target(facts),
      evidence: [...Asked.theCode(facts), ...whereTo(facts)],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const region = [wrongRegion, oldSignature, wrongEndpoint, redirected] as const
