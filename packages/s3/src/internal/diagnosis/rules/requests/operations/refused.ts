/**
 * Rules for requests that a bucket setting forbids. The rules cover, for example, CORS, a second factor, and a batch that
 * failed in part.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Batch from "../../../batch.ts"
import { links } from "../links.ts"
import { pages, rule, words } from "./topic.ts"

export const corsRefused = rule({
  code: "HF-S3-PERM-014",
  name: "CorsRefused",
  phase: "permission",
  title: "The bucket's CORS configuration does not allow this request from a web page",
  explanation:
    "Before a non-simple request from a web page, the browser sends an OPTIONS request (the preflight). The server " +
    "responds to the preflight according to the bucket's CORS rules. One CORS rule must allow the origin, the " +
    "method, and each header in Access-Control-Request-Headers. The origin is the scheme, host and port, without a " +
    "trailing slash. The server does not check a signature in the preflight.",
  fix: [
    {
      text: "add a CORS rule to the bucket with the page's origin in AllowedOrigins, the method in AllowedMethods, and the headers (or *) in AllowedHeaders",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.cors],
  rivals: [],
  soleCause: pages.cors,
  recognise: (facts) => {
    const { answer } = facts
    if (!/\bCORSResponse\b|\bCORS request is not allowed\b|\bCORS is not enabled\b/i.test(answer.message))
      return undefined
    const isOff = /CORS is not enabled/i.test(answer.message)
    const origin = facts.header("origin")
    const method = facts.header("access-control-request-method") ?? answer.element("Method")
    return found({
      confidence: "certain",
      detail: isOff
        ? "The bucket has no CORS configuration at all: CORS is not enabled for the bucket."
        : `No CORS rule of the bucket allows ${method === undefined ? "the method" : `the method ${method}`} with this origin${
            origin === undefined ? "" : ` (${origin})`
          } and these headers.`,
      evidence: [
        ...words(facts, "Method", "ResourceType"),
        ...(origin === undefined ? [] : [Asked.inHeaders(facts, "origin")]),
      ],
    })
  },
})

export const mfaNeeded = rule({
  code: "HF-S3-PERM-015",
  name: "MfaNeeded",
  phase: "permission",
  title: "The bucket has MFA Delete enabled: the request needs a code from a second factor (x-amz-mfa)",
  explanation:
    "With MFA Delete enabled, only the root user can delete a version or change the versioning state. The request " +
    "must contain x-amz-mfa: the serial number of the device, a space, and the code that the device shows. The " +
    "console and lifecycle rules cannot perform operations that require MFA Delete.",
  fix: [
    {
      text: "send x-amz-mfa with the serial number of the device and its code, in a request signed by the bucket owner's root user",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.mfa],
  rivals: [],
  soleCause: pages.mfa,
  recognise: (facts) =>
    /\bmfa authentication must be used\b|\bmultifactor authentication\b.{0,40}\b(?:required|must)\b/i.test(
      facts.answer.message,
    ) || Asked.said(facts, "TokenCodeInvalidError", "DeviceNotActiveError", "NotDeviceOwnerError")
      ? found({
          confidence: "certain",
          detail: Asked.said(facts, "AccessDenied")
            ? "The server reports that the request requires multi-factor authentication."
            : `The server reports ${facts.answer.code}: the device or the code is wrong.`,
          evidence: words(facts),
        })
      : undefined,
})

const theFailures = ({ answer }: S3Facts) => (answer.status === 200 ? Batch.failuresIn(answer.body) : undefined)

export const batchRefused = rule({
  code: "HF-S3-SVC-017",
  name: "BatchRefused",
  phase: "permission",
  title: "The batch delete returned 200, but some objects were not deleted: the response body contains the errors",
  explanation:
    "A DeleteObjects request succeeds even if no object can be deleted. The DeleteResult in the response lists the " +
    "keys that failed. Each failed key has an Error element with its own code. AccessDenied means that the caller " +
    "lacks a permission, or that a lock protects the objects. The required permission is s3:DeleteObject (or " +
    "s3:DeleteObjectVersion) on these keys.",
  fix: [
    { text: "read the Error element for each key in the response body", safety: "check first" },
    {
      text: "for AccessDenied, allow s3:DeleteObject on the keys, and check for a Deny statement or an object lock",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.deleteObjects, links.denied],
  rivals: [],
  soleCause: pages.deleteObjects,
  recognise: (facts) => {
    const failures = theFailures(facts)
    if (failures === undefined) return undefined
    const isDenied = failures.codes.includes("AccessDenied")
    return found({
      confidence: "certain",
      detail: `The server did not delete ${failures.count} ${failures.count === 1 ? "object" : "objects"} (${failures.codes.join(", ") || "no error code"})${
        isDenied ? ": the permission to delete is denied, although the request as a whole was allowed" : ""
      }.`,
      evidence: [
        { at: "response.status", name: "status", observed: "200" },
        { at: "response.body", name: "Error", observed: `${failures.codes.join(", ")} (${failures.count})` },
      ],
    })
  },
})
