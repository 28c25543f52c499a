/**
 * Applies the safe fixes for rules about signed URLs and headers.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"
import { isSigning, signedNames, toSign } from "./request.ts"

type UrlCorrection = Correction<S3Facts>

const signedAnew: UrlCorrection = (request) => toSign(request)

/** Signs with the server's time, because the signer's clock is wrong. */
const signedByServersClock: UrlCorrection = (request, { clock }) => toSign(request, { now: clock.server })

/** The region named in the response. */
const regionOf = ({ answer }: S3Facts): string | undefined =>
  answer.element("Region") ??
  answer.header("x-amz-bucket-region") ??
  /expect(?:ing|ed):? '?([a-z]{2}(?:-[a-z]{1,20}){1,3}-\d|auto)\b/.exec(answer.message)?.[1]

/** The region in an Amazon address: the label between `s3` and the domain. */
const regionInHost = /^(https?:\/\/(?:[^/?#]{1,255}\.)?s3[.-])([a-z]{2}(?:-[a-z]{1,20}){1,3}-\d)(?=\.amazonaws\.com)/

/**
 * Signs for the region named in the response, at that region's endpoint; if the response names no region, signs for the
 * region in the host.
 */
const signedForRegion: UrlCorrection = (request, facts) => {
  const hosts = regionInHost.exec(request.url ?? "")?.[2]
  const region = regionOf(facts) ?? hosts
  if (region === undefined) return undefined
  return toSign({ ...request, url: request.url?.replace(regionInHost, `$1${region}`) }, { region })
}

const withoutAuthorization: UrlCorrection = (request) =>
  RequestEdit.headerOf(request, "authorization") === undefined
    ? undefined
    : { request: RequestEdit.withoutHeaders(request, "authorization") }

/** A URL that is not presigned contains no authentication data other than the data being removed. */
const provenOtherwise: UrlCorrection = (request, facts) =>
  ["x-amz-signature", "signature", "x-goog-signature", "x-oss-signature"].some(
    (name) => facts.query(name) !== undefined,
  )
    ? withoutAuthorization(request, facts)
    : toSign(request)

/** Unescapes the separators in a URL that was copied from HTML, JSON or a shell. */
const unescaped = ({ url }: Request): string | undefined =>
  url
    ?.replaceAll(/&amp;|&#38;|&#x26;/gi, "&")
    // Some clients encoded the escape again.
    .replaceAll(/%5Cu0026([\w-]{1,40})%3D/gi, "&$1=")
    .replaceAll(/(?:\\|%5C)u0026/gi, "&")
    .replaceAll(/\\u003d/gi, "=")
    .replaceAll(/\\([?&=])/g, "$1")

const unescapedUrl: UrlCorrection = (request) => {
  const url = unescaped(request)
  return url === undefined || url === request.url ? undefined : { request: { ...request, url } }
}

/** Unescapes the URL if this reveals the parameters. */
const completeUrl: UrlCorrection = (request, facts) => unescapedUrl(request, facts) ?? toSign(request)

const decodedOnce = (text: string): string => text.replaceAll("%25", "%")

/** Removes an additional encoding that was applied to the query after signing. */
const queryDecoded: UrlCorrection = (request) => {
  const start = request.url?.indexOf("?") ?? -1
  if (request.url === undefined || start === -1) return undefined
  const url = request.url.slice(0, start) + decodedOnce(request.url.slice(start))
  return url === request.url ? toSign(request) : { request: { ...request, url } }
}

/**
 * Removes an additional encoding that was applied to the path after signing. A client cannot correct an encoding that an
 * intermediary applied.
 */
const pathDecoded: UrlCorrection = (request) => {
  if (request.url === undefined) return undefined
  const start = request.url.indexOf("?") === -1 ? request.url.length : request.url.indexOf("?")
  const url = decodedOnce(request.url.slice(0, start)) + request.url.slice(start)
  return url === request.url ? undefined : { request: { ...request, url } }
}

/**
 * Restores a URL signature that lost a plus sign or was encoded twice. A truncated signature must be regenerated.
 */
const signatureWhole: UrlCorrection = (request) => {
  const { url } = request
  if (url === undefined) return undefined
  const mended = url.replace(
    /([?&](?:x-(?:amz|goog|oss)-)?signature=)([^&]{0,4096})/i,
    (_, name: string, value: string) => `${name}${decodedOnce(value).replaceAll(/[+ ]|%20/g, "%2B")}`,
  )
  return mended === url ? toSign(request) : { request: { ...request, url: mended } }
}

/** Headers that S3 accepts without a signature. */
const free: ReadonlySet<string> = new Set(["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"])

/** Removes headers that the signature does not cover but that the storage requires to be signed. */
const withoutUnsignedHeaders: UrlCorrection = (request, facts) => {
  const signed = signedNames(facts)
  const named = (facts.answer.element("HeadersNotSigned") ?? "").toLowerCase().split(/\s{0,5},\s{0,5}/)
  const extra = Object.keys(request.headers ?? {})
    .map((name) => name.toLowerCase())
    .filter(
      (name) => !signed.includes(name) && ((/^x-(?:amz|goog)-/.test(name) && !free.has(name)) || named.includes(name)),
    )
  return extra.length === 0 ? undefined : { request: RequestEdit.withoutHeaders(request, ...extra) }
}

/** Parameters that belong to requests to a storage service. */
const operations =
  /^(?:partnumber|uploadid|uploads|versionid|response-[\w-]+|x-[\w-]+|acl|tagging|retention|legal-hold|list-type|prefix|delete|append|security-token)$/

/** Removes parameters that were added to a presigned URL after it was signed. */
const withoutAddedParameters: UrlCorrection = (request) => {
  const bare = RequestEdit.withoutParameters(request, (name) => !isSigning(name) && !operations.test(name))
  return bare.url === request.url ? undefined : { request: bare }
}

const isAcl = (name: string): boolean => /^(?:acl|x-amz-acl|x-amz-grant-[\w-]+)$/i.test(name)

/** Removes the ACL, regardless of where it is. */
const withoutAcl: UrlCorrection = (request) => {
  const form = request.form?.filter(({ name }) => !isAcl(name))
  const names = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase())
  const bare = RequestEdit.withoutParameters(RequestEdit.withoutHeaders(request, ...names.filter(isAcl)), isAcl)
  return toSign(form === undefined ? bare : { ...bare, form })
}

/** The corrections, keyed by rule code. */
export const url: Readonly<Record<string, UrlCorrection>> = {
  "HF-S3-AUTH-001": signedAnew,
  "HF-S3-AUTH-002": signedAnew,
  "HF-S3-AUTH-003": signedAnew,
  "HF-S3-AUTH-004": signedAnew,
  "HF-S3-AUTH-010": withoutAuthorization,
  "HF-S3-AUTH-011": provenOtherwise,
  "HF-S3-AUTH-012": signedAnew,
  "HF-S3-AUTH-013": signedAnew,
  "HF-S3-CLOCK-001": signedAnew,
  "HF-S3-CLOCK-002": signedByServersClock,
  "HF-S3-PERM-003": withoutAcl,
  "HF-S3-PLACE-001": signedForRegion,
  "HF-S3-PLACE-015": unescapedUrl,
  "HF-S3-SIGN-001": withoutUnsignedHeaders,
  "HF-S3-SIGN-014": pathDecoded,
  "HF-S3-SIGN-015": withoutAddedParameters,
  "HF-S3-SIGN-020": signedAnew,
  "HF-S3-SIGN-024": signedAnew,
  "HF-S3-SIGN-029": signatureWhole,
  "HF-S3-URL-001": signedAnew,
  "HF-S3-URL-003": signedAnew,
  "HF-S3-URL-004": signedAnew,
  "HF-S3-URL-006": completeUrl,
  "HF-S3-URL-007": signedAnew,
  "HF-S3-URL-008": signedAnew,
  "HF-S3-URL-009": queryDecoded,
}
