/**
 * Helper functions for the rules about signatures.
 */
import { type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Comparison from "../../../signature/comparison.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about signatures. */
export const rule = topic("signature")

/** Error codes for signatures that do not match. A server that gives few reasons responds with AccessDenied. */
export const mismatches = ({ answer }: S3Facts): "said" | "possible" | undefined => {
  if (["SignatureDoesNotMatch", "InvalidSignature", "InvalidSignatureException"].includes(answer.code)) return "said"
  if (/\binvalid signature\b|signature (?:validation failed|mismatch|does ?n.t match)/i.test(answer.message))
    return "said"
  const isMute = answer.code === "AccessDenied" && answer.message === ""
  return isMute && answer.element("BucketName") === undefined ? "possible" : undefined
}

/** Whether the rules for forms apply. */
export const isForm = (facts: S3Facts): boolean => facts.form !== undefined && Asked.queryVersion(facts) === undefined

/**
 * The confidence in a cause of a mismatch: likely if the server reports a mismatch, possible if it does not give a reason.
 */
export const asCause = (
  facts: S3Facts,
  finding: {
    readonly detail: string
    readonly evidence: ReadonlyArray<Evidence>
    readonly about?: ReadonlyArray<string>
  },
): Finding | undefined => {
  const mismatch = mismatches(facts)
  if (mismatch === undefined) return undefined
  // A visible difference precedes a possible one.
  const isSeen = (Comparison.of(facts)?.differences.length ?? 0) > 0
  return found({ confidence: mismatch === "said" && !isSeen ? "likely" : "possible", ...finding })
}

const causes = [10, 11, 12, 13, 14, 15, 16, 19, 21, 22, 23, 24, 29, 30].map((number) => `HF-S3-SIGN-0${number}`)

/** The other causes of a signature that does not match. */
export const othersThan = (code: string): ReadonlyArray<string> => causes.filter((other) => other !== code)

/** A difference that is visible in both the request and the response. */
export const seen = (finding: {
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
  readonly about?: ReadonlyArray<string>
}): Finding => found({ confidence: "certain", ...finding })

/** AWS's and other vendors' documentation of the signed text. */
export const pages = {
  canonical: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html",
  older: "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html",
  google: "https://cloud.google.com/storage/docs/authentication/canonical-requests",
  alibaba: "https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls",
  minioProxy: "https://min.io/docs/minio/linux/integrations/setup-nginx-proxy-with-minio.html",
  cloudFrontHost:
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
  cloudFrontPath: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html",
  multiRegion: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRequests.html",
  presigner: "https://github.com/aws/aws-sdk-js-v3/blob/main/packages/s3-request-presigner/README.md",
} as const
