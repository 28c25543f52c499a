/**
 * What a request asks of S3, beyond the facts that stand in it: the operation, the bucket and the key, what is signed, when
 * it ends. Forms are not looked at here.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import { basicDate } from "../time/basicDate.ts"
import { decoded } from "./decoded.ts"
import * as Identify from "./dialects/identify.ts"
import * as Native from "./dialects/native.ts"
import { ofAny, type S3Facts } from "./facts.ts"
import { isoDate } from "../time/isoDate.ts"

type Asked = S3Facts

/** The operations of S3 that the rules tell apart. */
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

/** The parameters that make a PUT something else than the upload of an object. */
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

/** Whether no answer is there: the request is held, or it was never answered. */
export const isUnanswered = ({ answer, exchange }: Asked): boolean =>
  answer.status === 0 && exchange.failure === undefined

/** Whether the answer has one of these codes, or a vendor's own for the same. */
export const said = ({ answer }: Asked, ...codes: ReadonlyArray<string>): boolean =>
  codes.includes(answer.code) || codes.includes(answer.means)

/** Whether the answer is S3's, as far as one can see, and has no word for the error: a HEAD, a server that writes none. */
export const isWordless = ({ answer }: Asked): boolean =>
  answer.code === "" && answer.message === "" && !answer.isForeign

/** What the request asks for, by its method and parameters. */
export const operationOf = (facts: Asked): Operation | undefined => {
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
}

/**
 * Whether a request goes to the bucket itself. On a host that no vendor is known to serve, the only segment of the path may be
 * a key: there the rest of the request has to say so.
 */
const isAtBucket = (facts: Asked): boolean => {
  const place = placeOf(facts)
  if (place?.bucket === undefined || place.key !== "") return false
  if (facts.url !== undefined && Identify.ofHost(facts.url.hostname)?.row !== undefined) return true
  return facts.method === "PUT"
    ? lengthOf(facts) === 0
    : ["list-type", "prefix", "delimiter"].some((name) => facts.query(name) !== undefined)
}

/** Where the request's proof stands, forms apart: `query` for a presigned URL, whatever the body is. */
export const signedIn = ({ header, query }: Asked): "query" | "header" | undefined => {
  if (["signature", "credential", "algorithm"].some((name) => ofAny(query, name) !== undefined)) return "query"
  if (query("awsaccesskeyid") !== undefined || query("signature") !== undefined) return "query"
  return header("authorization") === undefined ? undefined : "header"
}

/** The version of the signature in the query. */
export const queryVersion = (asked: Asked): 2 | 4 | undefined => {
  const { query, url } = asked
  if (["signature", "credential", "algorithm"].some((name) => ofAny(query, name) !== undefined)) return 4
  if (query("awsaccesskeyid") !== undefined) return 2
  // CloudFront and other signers name a parameter `Signature`, too; on their hosts only a key id shows version 2.
  const isOwn = [...(url?.searchParams.keys() ?? [])].some(isKeyId) || placeOf(asked)?.isAmazon === true
  return query("signature") !== undefined && isOwn ? 2 : undefined
}

/** The names that services which sign like version 2 give to the key id: `OSSAccessKeyId`, `AccessKeyId` … */
export const isKeyId = (name: string): boolean => /^(?:\w*AccessKeyId|GoogleAccessId)$/i.test(name)

/** The session token of a presigned URL or of a signed header, and where it stands. */
export const tokenOf = ({ header, query }: Asked): { readonly value: string; readonly at: string } | undefined => {
  // Directory buckets have a token of their own name, and so has Alibaba.
  for (const name of ["X-Amz-Security-Token", "X-Amz-S3session-Token", "security-token", "x-oss-security-token"]) {
    const parameter = query(name)
    if (parameter !== undefined) return { value: parameter, at: `request.url?${name}` }
    const sent = header(name.toLowerCase())
    if (sent !== undefined) return { value: sent, at: `request.headers.${name.toLowerCase()}` }
  }
  return undefined
}

/** The key id that the answer names, by the name that its vendor gives it. */
export const keyIdSaid = ({ answer }: Asked): { readonly name: string; readonly value: string } | undefined => {
  const name = Object.keys(answer.elements).find((one) => isKeyId(one))
  const value = name === undefined ? undefined : answer.element(name)
  return name === undefined || value === undefined || value === "" ? undefined : { name, value }
}

/** Whether a key id belongs to a session, to a user, or does not tell. */
export type KeyKind = "temporary" | "long-lived" | "untold"

/** The kind of the key that signed, by the letters that it begins with. */
export const keyKindOf = (facts: Asked): KeyKind | undefined => {
  const keyId = facts.keyId ?? keyIdSaid(facts)?.value
  if (keyId === undefined || keyId === "") return undefined
  if (/^(?:ASIA|STS\.)/.test(keyId)) return "temporary"
  return /^(?:AKIA|LTAI|GOOG)/.test(keyId) ? "long-lived" : "untold"
}

/** The bytes of the body as the request states them: `Content-Length`, else what is known of the body. */
export const lengthOf = ({ exchange, header }: Asked): number | undefined => {
  const stated = header("x-amz-decoded-content-length") ?? header("content-length")
  return stated !== undefined && /^\d{1,15}$/.test(stated.trim()) ? Number(stated) : exchange.request?.size
}

/** The names of the headers that are signed, in lower case, and where the list stands. */
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

/** When a presigned URL ends and, where it says so, from when on it is good; in milliseconds of the epoch. */
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

/** Where a request goes: bucket, key and region, as far as its URL tells. */
export interface Place {
  /** How the bucket is named: in the host's name or as the first segment of the path. */
  readonly style: "host" | "path"
  readonly bucket: string | undefined
  /** Decoded, without the leading slash; a text with marks where parts of it look like secrets. */
  readonly key: string
  /** The region that the host names. */
  readonly region: string | undefined
  /** Whether the host is Amazon's. */
  readonly isAmazon: boolean
}

/** The place of a request. On a host that no vendor is known to serve, the bucket is taken to be the first segment of the path. */
export const placeOf = ({ url }: Asked): Place | undefined => {
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
}

/** Whether the address is one of a vendor's own API, whose methods mean other things than S3's. */
export const isNative = ({ url }: Asked): boolean => url !== undefined && Native.placeOf(url) !== undefined

/** How the parameter is called that says how long a URL is good for. */
export const expiresOf = ({ query }: Asked): string =>
  ["X-Goog-Expires", "x-oss-expires"].find((name) => query(name) !== undefined) ?? "X-Amz-Expires"

/** A parameter of the query as evidence. */
export const inQuery = ({ query }: Asked, name: string, expected?: string): Evidence => ({
  at: `request.url?${name}`,
  name,
  observed: query(name) ?? "not there",
  ...(expected === undefined ? {} : { expected }),
})

/** A header of the request as evidence. */
export const inHeaders = ({ header }: Asked, name: string, expected?: string): Evidence => ({
  at: `request.headers.${name}`,
  name,
  observed: header(name) ?? "not sent",
  ...(expected === undefined ? {} : { expected }),
})

/** An element of the error document as evidence; none where the answer lacks it. */
export const inAnswer = ({ answer }: Asked, ...names: ReadonlyArray<string>): ReadonlyArray<Evidence> =>
  names.flatMap((name) => {
    const observed = answer.element(name)
    return observed === undefined || observed === "" ? [] : [{ at: `response.body.${name}`, name, observed }]
  })

/** The vendor's code as evidence. */
export const theCode = ({ answer }: Asked): ReadonlyArray<Evidence> =>
  answer.code === "" ? [] : [{ at: "response.body.Code", name: "Code", observed: answer.code }]

/** A length of time in words; the sign is dropped. */
export const span = (millis: number): string => {
  const seconds = Math.abs(millis) / 1000
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** Bytes in words. */
export const amount = (bytes: number): string => `${bytes} ${bytes === 1 ? "byte" : "bytes"}`

/** An instant in words, without a fraction. */
export const instant = (millis: number): string =>
  Math.abs(millis) > 8.64e15 ? String(millis) : isoDate(millis).replace(/\.\d+Z$/, "Z")

/** What a rule would have to see when there is no request at hand. */
export const theRequest = "the request: its method, URL and headers"
