/**
 * Derives what a request asks of S3: the operation, the bucket and the key, the signed headers, and the expiration. This
 * module does not read forms.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import { basicDate } from "../time/basicDate.ts"
import { decoded } from "./decoded.ts"
import * as Identify from "./dialects/identify.ts"
import * as Native from "./dialects/native.ts"
import { ofAny, type S3Facts } from "./facts.ts"
import { isoDate } from "../time/isoDate.ts"
import { once } from "./once.ts"

type Asked = S3Facts

/** The S3 operations that the rules distinguish. */
export type Operation =
  | "PutObject"
  | "UploadPart"
  | "CreateMultipartUpload"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "CreateBucket"
  | "ListObjects"
  | "read"
  | "other"

/** The name of the storage at the start of a sentence. */
export const serverOf = ({ dialect }: Asked): string => (dialect.isKnown ? dialect.name : "The server")

/** The parameters that turn a PUT into an operation other than an object upload. */
export const subresources = [
  "accelerate",
  "acl",
  "analytics",
  "cors",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "versioning",
  "versions",
  "website",
]

/** Whether the exchange has no response, because the request was not sent yet or received none. */
export const isUnanswered = ({ answer, exchange }: Asked): boolean =>
  answer.status === 0 && exchange.failure === undefined

/** Whether the response contains one of these codes or a vendor's equivalent. */
export const said = ({ answer }: Asked, ...codes: ReadonlyArray<string>): boolean =>
  codes.includes(answer.code) || codes.includes(answer.means)

/**
 * Whether the response appears to come from S3 but has no error code, as for a HEAD or from a server that sends no codes.
 */
export const isWordless = ({ answer }: Asked): boolean =>
  answer.code === "" && answer.message === "" && !answer.isForeign

/** The operation of the request, determined from its method and parameters. */
export const operationOf = /* @__PURE__ */ once((facts): Operation | undefined => {
  const { form, method, query } = facts
  if (method === undefined) return undefined
  const isUpload = query("uploadId") !== undefined
  const isBucket = form === undefined && isAtBucket(facts)
  switch (method) {
    case "PUT":
      if (isUpload) return "UploadPart"
      if (subresources.some((name) => query(name) !== undefined)) return "other"
      return isBucket ? "CreateBucket" : "PutObject"
    case "POST":
      if (form !== undefined) return "other"
      return isUpload ? "CompleteMultipartUpload" : query("uploads") === undefined ? "other" : "CreateMultipartUpload"
    case "DELETE":
      return isUpload ? "AbortMultipartUpload" : "other"
    case "GET":
    case "HEAD":
      return method === "GET" && isBucket ? "ListObjects" : "read"
    default:
      return "other"
  }
})

/**
 * Whether a request addresses the bucket itself instead of an object. On an unknown host, the only segment of the path may be
 * a key, so the rest of the request must show that the segment is a bucket.
 */
const isAtBucket = (facts: Asked): boolean => {
  const place = placeOf(facts)
  if (place?.bucket === undefined || place.key !== "") return false
  if (facts.url !== undefined && Identify.ofHost(facts.url.hostname)?.row !== undefined) return true
  return facts.method === "PUT"
    ? lengthOf(facts) === 0
    : ["list-type", "prefix", "delimiter"].some((name) => facts.query(name) !== undefined)
}

/**
 * Where a request other than a form contains its authentication data: `query` for a presigned URL, regardless of the body.
 */
export const signedIn = /* @__PURE__ */ once(({ header, query }): "query" | "header" | undefined => {
  if (["signature", "credential", "algorithm"].some((name) => ofAny(query, name) !== undefined)) return "query"
  if (query("awsaccesskeyid") !== undefined || query("signature") !== undefined) return "query"
  return header("authorization") === undefined ? undefined : "header"
})

/**
 * Whether the request sends a form and has no authentication in its URL or headers. The fields of the form may not have been
 * captured.
 */
export const sendsForm = (facts: Asked): boolean =>
  facts.form !== undefined ||
  (facts.method === "POST" &&
    signedIn(facts) === undefined &&
    (facts.exchange.request?.headers === undefined
      ? // Every other POST of S3 has a parameter.
        facts.url?.search === ""
      : /^multipart\/form-data/i.test(facts.header("content-type") ?? "")))

/** The signature version used in the query. */
export const queryVersion = /* @__PURE__ */ once((asked): 2 | 4 | undefined => {
  const { query, url } = asked
  if (["signature", "credential", "algorithm"].some((name) => ofAny(query, name) !== undefined)) return 4
  if (query("awsaccesskeyid") !== undefined) return 2
  // CloudFront and other signers also use a parameter `Signature`. On their hosts only a key id shows version 2.
  const isOwn = [...(url?.searchParams.keys() ?? [])].some(isKeyId) || placeOf(asked)?.isAmazon === true
  return query("signature") !== undefined && isOwn ? 2 : undefined
})

/**
 * The names of the key id parameter in services whose signatures are similar to version 2: `OSSAccessKeyId`, `AccessKeyId` …
 */
export const isKeyId = (name: string): boolean => /^(?:\w*AccessKeyId|GoogleAccessId)$/i.test(name)

/** The session token in a presigned URL or a signed header, and where it was found. */
export const tokenOf = ({ header, query }: Asked): { readonly value: string; readonly at: string } | undefined => {
  // Directory buckets and Alibaba have other names for their tokens.
  for (const name of ["X-Amz-Security-Token", "X-Amz-S3session-Token", "security-token", "x-oss-security-token"]) {
    const parameter = query(name)
    if (parameter !== undefined) return { value: parameter, at: `request.url?${name}` }
    const sent = header(name.toLowerCase())
    if (sent !== undefined) return { value: sent, at: `request.headers.${name.toLowerCase()}` }
  }
  return undefined
}

/** The key id in the response, under the vendor's own name for it. */
export const keyIdSaid = ({ answer }: Asked): { readonly name: string; readonly value: string } | undefined => {
  const name = Object.keys(answer.elements).find((one) => isKeyId(one))
  const value = name === undefined ? undefined : answer.element(name)
  return name === undefined || value === undefined || value === "" ? undefined : { name, value }
}

/** Whether a key id belongs to a session or a user, or does not reveal its type. */
export type KeyKind = "temporary" | "long-lived" | "untold"

/** The type of the signing key, determined from the first letters of the key id. */
export const keyKindOf = (facts: Asked): KeyKind | undefined => {
  const keyId = facts.keyId ?? keyIdSaid(facts)?.value
  if (keyId === undefined || keyId === "") return undefined
  if (/^(?:ASIA|STS\.)/.test(keyId)) return "temporary"
  return /^(?:AKIA|LTAI|GOOG)/.test(keyId) ? "long-lived" : "untold"
}

/** The length of the body in bytes, from `Content-Length` or from the body itself. */
export const lengthOf = ({ exchange, header }: Asked): number | undefined => {
  const stated = header("x-amz-decoded-content-length") ?? header("content-length")
  return stated !== undefined && /^\d{1,15}$/.test(stated.trim()) ? Number(stated) : exchange.request?.size
}

/** The names of the signed headers in lowercase, and where the list was found. */
export const signedHeadersOf = ({
  header,
  query,
}: Asked): { readonly names: ReadonlyArray<string>; readonly raw: string; readonly at: string } | undefined => {
  const family = query("x-goog-signedheaders") === undefined ? "X-Amz" : "X-Goog"
  const parameter = query(`${family}-SignedHeaders`)
  const stated = parameter ?? /SignedHeaders=([^,\s]*)/.exec(header("authorization") ?? "")?.[1]
  if (stated === undefined) return undefined
  return {
    names: stated.toLowerCase().split(";"),
    raw: stated,
    at: parameter === undefined ? "request.headers.authorization" : `request.url?${family}-SignedHeaders`,
  }
}

/** The validity period of a presigned URL in milliseconds since the epoch: its end and, if stated, its start. */
export const validityOf = (
  facts: Asked,
): { readonly from: number | undefined; readonly until: number; readonly at: string } | undefined => {
  const { query } = facts
  const from = basicDate(ofAny(query, "date") ?? "")
  const seconds = ofAny(query, "expires")
  if (from !== undefined && seconds !== undefined && /^\d{1,9}$/.test(seconds)) {
    return { from, until: from + Number(seconds) * 1000, at: "request.url?X-Amz-Expires" }
  }
  const end = query("expires")
  if (queryVersion(facts) !== 2 || end === undefined || !/^\d{1,11}$/.test(end)) return undefined
  return { from: undefined, until: Number(end) * 1000, at: "request.url?Expires" }
}

/** The destination of a request: the bucket, the key and the region, if the URL shows them. */
export interface Place {
  /** Where the URL contains the bucket name: in the host, or as the first segment of the path. */
  readonly style: "host" | "path"
  readonly bucket: string | undefined
  /** The decoded key without its leading slash. Redaction marks replace the parts that look like secrets. */
  readonly key: string
  /** The region that the host name contains. */
  readonly region: string | undefined
  /** Whether the host belongs to Amazon. */
  readonly isAmazon: boolean
}

/** The destination of a request. On an unknown host, the first segment of the path is treated as the bucket. */
export const placeOf = /* @__PURE__ */ once(({ url }): Place | undefined => {
  if (url === undefined) return undefined
  const native = Native.placeOf(url)
  if (native !== undefined) return { style: "path", ...native, region: undefined, isAmazon: false }
  const path = decoded(url.pathname).replace(/^\//, "")
  const host = Identify.ofHost(url.hostname)
  const isAmazon = host?.row.name === "Amazon S3"
  const region = isAmazon ? host.region : undefined
  if (host?.bucket !== undefined) return { style: "host", bucket: host.bucket, key: path, region, isAmazon }
  const [bucket, ...key] = path.split("/")
  return { style: "path", bucket: bucket === "" ? undefined : bucket, key: key.join("/"), region, isAmazon }
})

/** Whether the address belongs to a vendor's own API, whose methods have different meanings than S3's methods. */
export const isNative = ({ url }: Asked): boolean => url !== undefined && Native.placeOf(url) !== undefined

/** The name of the parameter that contains the lifetime of a URL. */
export const expiresOf = ({ query }: Asked): string =>
  ["X-Goog-Expires", "x-oss-expires"].find((name) => query(name) !== undefined) ?? "X-Amz-Expires"

/** A query parameter as evidence. */
export const inQuery = ({ query }: Asked, name: string, expected?: string): Evidence => ({
  at: `request.url?${name}`,
  name,
  observed: query(name) ?? "missing",
  ...(expected === undefined ? {} : { expected }),
})

/** A request header as evidence. */
export const inHeaders = ({ header }: Asked, name: string, expected?: string): Evidence => ({
  at: `request.headers.${name}`,
  name,
  observed: header(name) ?? "not sent",
  ...(expected === undefined ? {} : { expected }),
})

/** An element of the error document as evidence; empty if the response does not contain it. */
export const inAnswer = ({ answer }: Asked, ...names: ReadonlyArray<string>): ReadonlyArray<Evidence> =>
  names.flatMap((name) => {
    const observed = answer.element(name)
    return observed === undefined || observed === "" ? [] : [{ at: `response.body.${name}`, name, observed }]
  })

/** The vendor's error code as evidence. */
export const theCode = ({ answer }: Asked): ReadonlyArray<Evidence> =>
  answer.code === "" ? [] : [{ at: "response.body.Code", name: "Code", observed: answer.code }]

/** Formats a duration without a sign. */
export const span = (millis: number): string => {
  const seconds = Math.abs(millis) / 1000
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** Formats a size in bytes. */
export const amount = (bytes: number): string => `${bytes} ${bytes === 1 ? "byte" : "bytes"}`

/** Formats an instant without fractional seconds. */
export const instant = (millis: number): string =>
  Math.abs(millis) > 8.64e15 ? String(millis) : isoDate(millis).replace(/\.\d+Z$/, "Z")

/** The missing data that a rule reports if the request was not captured. */
export const theRequest = "the request: its method, URL and headers"
