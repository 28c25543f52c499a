/**
 * The rule for requests without a signature.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { topic } from "../../rule.ts"
import * as Denial from "./denial.ts"
import { links } from "./links.ts"

const rule = topic("header-auth")

/** Error codes that state explicitly that the request is not signed. */
const unsigned = ["MissingAuthenticationToken", "AuthenticationRequired", "Unauthorized", "AuthorizationRequired"]

/** S3's message about an object that is encrypted with KMS and requested without a signature (S3, "Using SSE-KMS"). */
const needsKey = /AWS KMS managed keys require AWS Signature Version 4/i

const taken =
  "The server treated the caller as anonymous: no policy allows the public to perform this operation, and the " +
  "request has no signature or token."

export const anonymous = rule({
  code: "HF-S3-AUTH-014",
  name: "Anonymous",
  phase: "credentials",
  title: "The request is not signed, and the bucket does not allow anonymous access",
  explanation:
    "The request has no signature in its query, Authorization header or form, so it is anonymous. An unsigned " +
    "request may be a presigned URL that lost its query. A URL parser, a router or a log may have dropped the " +
    "query. The API address is not public even if the bucket is public: Cloudflare R2 serves public requests only " +
    "on r2.dev or a custom domain.",
  fix: [
    { text: "send the request to the complete presigned URL, including its query", safety: "check first" },
    { text: "for public reads, use the bucket's public address instead of the API address", safety: "check first" },
  ],
  change: "url",
  links: [links.presigned, links.encryption],
  rivals: ["HF-S3-PERM-007"],
  recognise: (facts) => {
    const { answer, proof, url } = facts
    const isTaken = Denial.isAnonymous(facts)
    const isEncrypted = needsKey.test(answer.message) && proof === "nothing"
    const stated =
      isTaken ||
      isEncrypted ||
      Asked.said(facts, ...unsigned) ||
      // R2 names only the missing header.
      (Asked.said(facts, "InvalidArgument") && /^authorization\s*$/i.test(answer.message)) ||
      (Asked.said(facts, "MissingSecurityHeader") &&
        /authorization/i.test(`${answer.message} ${answer.element("Details") ?? ""}`))
    if (proof !== "nothing") {
      return stated && !facts.hasRequest
        ? found({
            confidence: "likely",
            detail: isTaken ? taken : "The server did not receive a signature.",
            evidence: Asked.theCode(facts),
          })
        : undefined
    }
    // Signatures of other services are not S3's, but still signatures.
    if ([...(url?.searchParams.keys() ?? [])].some((name) => /sign|^sig$/i.test(name))) return undefined
    if (
      !stated &&
      !Asked.said(facts, "AccessDenied", "Forbidden") &&
      !(Asked.isWordless(facts) && [401, 403].includes(answer.status))
    ) {
      return undefined
    }
    return found({
      // A query that was damaged in transit may have been a signature.
      confidence: stated && !(isTaken && url !== undefined && url.search !== "") ? "certain" : "likely",
      detail: `${url === undefined || url.search === "" ? "The URL has no query" : "The query has no signature"}, and no Authorization header was sent.${
        isEncrypted
          ? " The object is encrypted with a KMS key, so it can be read only with a signature (of version 4), even if " +
            "the bucket's policy makes it public."
          : isTaken
            ? ` ${taken}`
            : ""
      }`,
      evidence: [
        { at: "request.url", name: "signature", observed: "missing", expected: "X-Amz-Signature" },
        Asked.inHeaders(facts, "authorization"),
      ],
    })
  },
})
