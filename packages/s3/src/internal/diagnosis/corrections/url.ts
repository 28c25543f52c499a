/**
 * What the safe fixes of rules about signed URLs and headers make of a request.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../facts.ts"
import { headerOf, isSigning, unsigned, withoutHeaders, withoutParameters } from "./request.ts"

type UrlCorrection = Correction<S3Facts>

const signedAnew: UrlCorrection = (request) => ({ request: unsigned(request), needs: "signature" })

const withoutAuthorization: UrlCorrection = (request) =>
  headerOf(request, "authorization") === undefined ? undefined : { request: withoutHeaders(request, "authorization") }

/** A URL that was copied out of HTML or of JSON has its ampersands escaped. */
const unescapedUrl: UrlCorrection = (request) => {
  const { url } = request
  const plain = url?.replaceAll("&amp;", "&").replaceAll("\\u0026", "&")
  return plain === undefined || plain === url ? undefined : { request: { ...request, url: plain } }
}

const decodedOnce = (text: string): string => text.replaceAll("%25", "%")

/** The parameters of the query were encoded again after signing. */
const queryDecoded: UrlCorrection = (request) => {
  const start = request.url?.indexOf("?") ?? -1
  if (request.url === undefined || start === -1) return undefined
  const url = request.url.slice(0, start) + decodedOnce(request.url.slice(start))
  return url === request.url ? undefined : { request: { ...request, url } }
}

/** The path was encoded again after signing. */
const pathDecoded: UrlCorrection = (request) => {
  if (request.url === undefined) return undefined
  const start = request.url.indexOf("?") === -1 ? request.url.length : request.url.indexOf("?")
  const url = decodedOnce(request.url.slice(0, start)) + request.url.slice(start)
  return url === request.url ? undefined : { request: { ...request, url } }
}

/** Headers that a presigned URL does not sign; those that HTTP needs stay. */
const withoutUnsignedHeaders: UrlCorrection = (request, { query }) => {
  const signed = new Set((query("x-amz-signedheaders") ?? "").toLowerCase().split(";"))
  const extra = Object.keys(request.headers ?? {})
    .map((name) => name.toLowerCase())
    .filter((name) => (name.startsWith("x-amz-") || name === "content-md5") && !signed.has(name))
  return extra.length === 0 ? undefined : { request: withoutHeaders(request, ...extra) }
}

/** Parameters that a request to a presigned object has of its own. */
const operations = /^(?:partnumber|uploadid|uploads|versionid|x-id|response-[\w-]+|x-amz-[\w-]+)$/

/** What was added to a presigned URL behind its signature. */
const withoutAddedParameters: UrlCorrection = (request) => {
  const bare = withoutParameters(request, (name) => !isSigning(name) && !operations.test(name))
  return bare.url === request.url ? undefined : { request: bare }
}

const withoutAcl: UrlCorrection = (request) => ({
  request: unsigned(
    withoutParameters(
      withoutHeaders(
        {
          ...request,
          ...(request.form === undefined ? {} : { form: request.form.filter(({ name }) => !isAcl(name)) }),
        },
        ...Object.keys(request.headers ?? {})
          .map((name) => name.toLowerCase())
          .filter(isAcl),
      ),
      isAcl,
    ),
  ),
  needs: "signature",
})

const isAcl = (name: string): boolean => /^(?:acl|x-amz-acl|x-amz-grant-[\w-]+)$/i.test(name)

const isChecksum = (name: string): boolean => /^x-amz-(?:sdk-)?checksum-[\w-]+$/.test(name)

/** The checksum of no body, and the header that says which one it is. */
const withoutChecksum: UrlCorrection = (request) => ({
  request: unsigned(
    withoutParameters(
      withoutHeaders(
        request,
        "x-amz-content-sha256",
        ...Object.keys(request.headers ?? {})
          .map((name) => name.toLowerCase())
          .filter(isChecksum),
      ),
      isChecksum,
    ),
  ),
  needs: "signature",
})

/** By code. */
export const url: Readonly<Record<string, UrlCorrection>> = {
  "HF-S3-AUTH-001": signedAnew,
  "HF-S3-AUTH-002": signedAnew,
  "HF-S3-AUTH-003": signedAnew,
  "HF-S3-AUTH-004": signedAnew,
  "HF-S3-AUTH-010": withoutAuthorization,
  "HF-S3-AUTH-011": withoutAuthorization,
  "HF-S3-AUTH-012": signedAnew,
  "HF-S3-AUTH-013": signedAnew,
  "HF-S3-BODY-010": withoutChecksum,
  "HF-S3-CLOCK-001": signedAnew,
  "HF-S3-CLOCK-002": signedAnew,
  "HF-S3-PERM-003": withoutAcl,
  "HF-S3-PLACE-001": signedAnew,
  "HF-S3-SIGN-001": withoutUnsignedHeaders,
  "HF-S3-SIGN-014": pathDecoded,
  "HF-S3-SIGN-015": withoutAddedParameters,
  "HF-S3-SIGN-020": signedAnew,
  "HF-S3-URL-001": signedAnew,
  "HF-S3-URL-003": signedAnew,
  "HF-S3-URL-004": signedAnew,
  "HF-S3-URL-006": unescapedUrl,
  "HF-S3-URL-007": signedAnew,
  "HF-S3-URL-008": signedAnew,
  "HF-S3-URL-009": queryDecoded,
}
