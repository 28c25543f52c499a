/**
 * Rules for buckets that are temporarily or permanently at another endpoint.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"
import { isCreation } from "./operations/bucket.ts"

const rule = topic("region")

/** The region that the response reports, and where it was found. */
export const expectedBy = ({ answer }: S3Facts): Evidence | undefined => {
  const element = answer.element("Region")
  if (element !== undefined && element !== "") return { at: "response.body.Region", name: "Region", observed: element }
  const header = answer.header("x-amz-bucket-region")
  if (header !== undefined) {
    return { at: "response.headers.x-amz-bucket-region", name: "x-amz-bucket-region", observed: header }
  }
  const worded =
    /(?:expect(?:ing|ed):? '?(?:[^'\s]*\/)?|bucket is in this region: )([a-z]{2}(?:-[a-z]+)+-\d|auto|garage)\b/.exec(
      answer.message,
    )?.[1]
  return worded === undefined
    ? undefined
    : { at: "response.body.Message", name: "Message", observed: `expecting ${worded}` }
}

export const regionIn = (evidence: Evidence): string => evidence.observed.replace("expecting ", "")

/** The bucket's endpoint, as reported in the response. */
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
  if (endpoint !== undefined && endpoint !== "")
    return `The response specifies ${endpoint}${/^s3\.amazonaws\.com$/i.test(endpoint) ? ", the endpoint of the region us-east-1" : ""}.`
  const [, constraint] = /\bthe ([\w-]{1,40}) location constraint is incompatible/i.exec(facts.answer.message) ?? []
  if (constraint !== undefined && constraint !== "unspecified") {
    return (
      `The bucket is in ${constraint}, but the request was sent to the endpoint of a different ` +
      `region${region === undefined ? "" : ` (${regionIn(region)})`}. An opt-in region, which an account must enable first, ` +
      "accepts requests only at its own endpoint."
    )
  }
  return region === undefined
    ? "The response does not state the location of the bucket."
    : `The bucket is in ${regionIn(region)}.`
}

export const wrongEndpoint = rule({
  code: "HF-S3-PLACE-002",
  name: "WrongEndpoint",
  phase: "place",
  title: "The request was sent to an endpoint that does not serve the bucket",
  explanation:
    "Every region has its own endpoint. The endpoint that received the request recognizes the bucket but does not " +
    "serve it. Following the redirect does not help a signed request, because its signature covers the host. " +
    "Browsers do not follow redirects of preflight requests either.",
  fix: [{ text: "sign the request for the endpoint of the bucket's region, and send it there", safety: "check first" }],
  change: "url",
  links: [links.redirects, links.hosts],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    // The region of a new bucket is another matter.
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

export const redirected = rule({
  code: "HF-S3-PLACE-003",
  name: "Redirected",
  phase: "place",
  title:
    "The bucket is new or in another region, so the global endpoint temporarily redirects requests to the bucket's " +
    "region",
  explanation:
    "The global endpoint can take up to a day to recognize a new bucket in another region; until then, it responds " +
    "with 307. Do not follow the redirect with a signed request, because the signature covers the host. A body " +
    "that was already sent is lost.",
  fix: [
    {
      text: "sign the request for the host of the bucket's regional endpoint, and send it there",
      safety: "check first",
    },
  ],
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
