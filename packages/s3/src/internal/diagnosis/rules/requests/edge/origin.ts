/**
 * The rule for buckets that the CDN in front of them is not allowed to read.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { conditions } from "../../../dialects/conditions.ts"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("permission")

export const originForbidden = rule({
  code: "HF-S3-PERM-013",
  name: "OriginForbidden",
  phase: "permission",
  title:
    "CloudFront cannot read the object: the bucket's policy does not grant access to the distribution, or the key " +
    "does not exist",
  explanation:
    "Visitors of a distribution do not sign their requests. CloudFront signs its own requests to the bucket with " +
    "origin access control. The bucket's policy must allow these requests. S3 also answers 403 for a key that does " +
    "not exist if CloudFront lacks permission to list the bucket. One example of a missing key is the root of a " +
    "site without a default root object.",
  fix: [
    {
      text: "grant the distribution s3:GetObject in the bucket's policy (origin access control)",
      safety: "check first",
    },
    { text: "check whether the key exists, and set the default root object", safety: "check first" },
  ],
  change: "human",
  links: [
    links.denied,
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
  ],
  recognise: (facts) => {
    const { answer, header, method, url, version } = facts
    if (url === undefined || !conditions.edge(facts) || version !== undefined) return undefined
    if (header("authorization") !== undefined || !["GET", "HEAD"].includes(method ?? "")) return undefined
    if (facts.dialect.name !== "Amazon S3" || !Asked.said(facts, "AccessDenied")) return undefined
    return found({
      confidence: "likely",
      detail: `S3 denies CloudFront access to the object ${url.pathname}. The visitor's request needs no signature.`,
      evidence: [
        { at: "request.url", name: "host and path", observed: `${url.host}${url.pathname}` },
        { at: "response.headers.server", name: "server", observed: answer.header("server") ?? "" },
        ...Asked.theCode(facts),
      ],
    })
  },
})
