/**
 * Signature Version 4 in the query string, which makes a chunk's URL valid for one request and a limited time.
 *
 * **Details**
 *
 * The functions are pure: the caller passes the time. They sign the same headers as Frame.io. As in S3, a PUT is therefore
 * rejected if it has another content type, lacks `x-amz-acl`, or is sent to another host. The body is not signed
 * (`UNSIGNED-PAYLOAD`).
 */
import * as DateTime from "effect/DateTime"
import type * as Redacted from "effect/Redacted"
import { createHash, createHmac } from "node:crypto"
import { derive } from "./internal/signing/key.ts"

/** The signing key pair and its region. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly region: string
}

/** The parts of a request that a signature covers. */
export interface Signed {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** An error response with S3's wording: the code, its status, and the elements that S3 adds for this code. */
export interface Refusal {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly extra?: Readonly<Record<string, string>>
}

const algorithm = "AWS4-HMAC-SHA256"
const signedHeaders = ["content-type", "host", "x-amz-acl"]

/** Returns the path and query of a presigned `PUT`. `at` is in milliseconds since the epoch, and `expires` is in seconds. */
export const presign = (
  signer: Signer,
  request: { readonly host: string; readonly path: string; readonly contentType: string },
  at: number,
  expires: number,
): string => {
  const date = amzDate(at)
  const query = new URLSearchParams({
    "X-Amz-Algorithm": algorithm,
    "X-Amz-Credential": `${signer.accessKeyId}/${scope(signer, date)}`,
    "X-Amz-Date": date,
    "X-Amz-Expires": String(expires),
    "X-Amz-SignedHeaders": signedHeaders.join(";"),
  })
  const headers = { "content-type": request.contentType, host: request.host, "x-amz-acl": "private" }
  const { signature } = sign(signer, { method: "PUT", path: request.path, query, headers }, signedHeaders, date)
  return `${request.path}?${canonicalQuery(query)}&X-Amz-Signature=${signature}`
}

/**
 * Checks a presigned request at the time `now` (epoch milliseconds). Returns S3's error, or `undefined` for a valid
 * request.
 */
export const verify = (signer: Signer, request: Signed, now: number): Refusal | undefined => {
  const date = request.query.get("X-Amz-Date")
  const expires = Number(request.query.get("X-Amz-Expires") ?? Number.NaN)
  const given = request.query.get("X-Amz-Signature")
  const credential = request.query.get("X-Amz-Credential")
  const names = request.query.get("X-Amz-SignedHeaders")
  const signedAt = date === null ? undefined : parseAmzDate(date)
  if (given === null && credential === null) {
    return { code: "AccessDenied", status: 403, message: "Access Denied" }
  }
  if (given === null || credential === null || names === null || date === null || signedAt === undefined) {
    return {
      code: "AuthorizationQueryParametersError",
      status: 400,
      message:
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    }
  }
  if (!Number.isInteger(expires) || expires < 0 || expires > 604_800) {
    return {
      code: "AuthorizationQueryParametersError",
      status: 400,
      message: "X-Amz-Expires must be a number between 0 and 604800 seconds",
    }
  }
  const accessKeyId = credential.split("/")[0] ?? ""
  if (accessKeyId !== signer.accessKeyId) {
    return {
      code: "InvalidAccessKeyId",
      status: 403,
      message: "The AWS Access Key Id you provided does not exist in our records.",
      extra: { AWSAccessKeyId: accessKeyId },
    }
  }
  const { signature, stringToSign, canonical } = sign(signer, request, names.split(";"), date)
  if (signature !== given) {
    return {
      code: "SignatureDoesNotMatch",
      status: 403,
      message:
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      extra: {
        AWSAccessKeyId: accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: given,
        StringToSignBytes: hexBytes(stringToSign),
        CanonicalRequest: canonical,
        CanonicalRequestBytes: hexBytes(canonical),
      },
    }
  }
  if (now > signedAt + expires * 1000) return expired(expires, signedAt + expires * 1000, now)
  return undefined
}

/** The error for an expired URL. S3 adds three elements: the lifetime in seconds and two timestamps. */
export const expired = (expires: number, endedAt: number, now: number): Refusal => ({
  code: "AccessDenied",
  status: 403,
  message: "Request has expired",
  extra: { "X-Amz-Expires": String(expires), Expires: isoSeconds(endedAt), ServerTime: isoSeconds(now) },
})

const sign = (signer: Signer, request: Signed, names: ReadonlyArray<string>, date: string) => {
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    names.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n")
  const stringToSign = [algorithm, date, scope(signer, date), sha256(canonical)].join("\n")
  const key = derive(signer.secretAccessKey, date.slice(0, 8), signer.region)
  return { canonical, stringToSign, signature: createHmac("sha256", key).update(stringToSign).digest("hex") }
}

// AWS sorts by encoded name and leaves the signature itself out.
const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

// encodeURIComponent does not encode !'()*. AWS encodes everything but the unreserved characters.
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const scope = (signer: Signer, date: string): string => `${date.slice(0, 8)}/${signer.region}/s3/aws4_request`
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")
const hexBytes = (text: string): string => (Buffer.from(text).toString("hex").match(/../g) ?? []).join(" ")
const isoSeconds = (at: number): string => DateTime.formatIso(DateTime.makeUnsafe(at)).replace(/\.\d+Z$/, "Z")
const amzDate = (at: number): string => isoSeconds(at).replace(/[-:]/g, "")

const parseAmzDate = (date: string): number | undefined => {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at
}
