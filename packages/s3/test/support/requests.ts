/**
 * Valid requests, changes that break them, and the responses of servers, for the tests of the rules.
 */
import type { Exchange, Request, Response } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"

/** The time of the signatures, and of the responses. */
export const signed = Date.UTC(2026, 10, 21, 17, 23, 58)
export const answered = signed + 12_000
export const date = "Sat, 21 Nov 2026 17:24:10 GMT"

export const longLived = "AKIAIOSFODNN7EXAMPLE"
export const temporary = "ASIAIOSFODNN7EXAMPLE"
export const signature = "feedface".repeat(8)
export const token = `FwoGZXIvYXdzEXAMPLE${"0aB+/".repeat(30)}==`

type Query = Readonly<Record<string, string | undefined>>

/** A presigned URL. `undefined` removes a parameter, and a new one is added after the signature. */
export const url = (change: Query = {}, at = "https://talks.s3.eu-west-1.amazonaws.com/takes/talk.mov"): string => {
  const key = change["X-Amz-Credential"] ?? `${longLived}/20261121/eu-west-1/s3/aws4_request`
  return written(at, {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": key,
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Expires": "900",
    ...("X-Amz-Security-Token" in change ? { "X-Amz-Security-Token": undefined } : {}),
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": signature,
    ...change,
  })
}

/** A presigned URL of version 2. */
export const url2 = (change: Query = {}, at = "https://talks.s3.us-east-1.amazonaws.com/takes/talk.mov"): string =>
  written(at, { AWSAccessKeyId: longLived, Expires: "1795282738", Signature: "RkVFREZBQ0U=", ...change })

const written = (at: string, query: Query): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return pairs.length === 0 ? at : `${at}?${pairs.join("&")}`
}

/** A PUT to a presigned URL. */
export const put = (change: Partial<Request> = {}): Request => ({
  method: "PUT",
  url: url(),
  headers: { Host: "talks.s3.eu-west-1.amazonaws.com", "Content-Length": "1000" },
  size: 1000,
  ...change,
})

/** A request with a header signature. */
export const own = (change: Partial<Request> = {}, headers: Readonly<Record<string, string>> = {}): Request => ({
  method: "PUT",
  url: "https://talks.s3.eu-west-1.amazonaws.com/takes/talk.mov",
  size: 1000,
  ...change,
  headers: {
    "Content-Length": "1000",
    "x-amz-date": "20261121T172358Z",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    Authorization: authorization(),
    ...headers,
  },
})

export const authorization = (scope = `${longLived}/20261121/eu-west-1/s3/aws4_request`): string =>
  `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`

/** A response with S3's error document. */
export const refused = (
  status: number,
  code: string,
  message = "",
  elements: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Response => ({
  status,
  headers: { "x-amz-request-id": "AFCXGJGVWQ5FHR3Q", "content-type": "application/xml", date, ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message>${Object.entries(
    elements,
  )
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("")}<RequestId>AFCXGJGVWQ5FHR3Q</RequestId></Error>`,
})

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** The responses of all servers about signatures, keys and permissions, and those without a reason. */
export const mismatch = refused(
  403,
  "SignatureDoesNotMatch",
  "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
)
export const unknownKey = refused(
  403,
  "InvalidAccessKeyId",
  "The AWS Access Key Id you provided does not exist in our records.",
)
export const denied = refused(403, "AccessDenied", "Access Denied")
export const mute = refused(403, "AccessDenied")
export const slow = refused(503, "SlowDown", "Please reduce your request rate.")

export const explain = (request: Request | undefined, response?: Response, more: Partial<Exchange> = {}) =>
  Diagnosis.explain({
    ...(request === undefined ? {} : { request }),
    ...(response === undefined ? {} : { response }),
    ...more,
  })

/** The first cause and its confidence: `HF-S3-URL-001 certain`. */
export const first = (request: Request | undefined, response?: Response, more: Partial<Exchange> = {}): string => {
  const { code, confidence, outcome } = explain(request, response, more)
  return code === undefined ? outcome : `${code} ${confidence}`
}

/** The codes of all causes. */
export const codes = (request: Request | undefined, response?: Response, more: Partial<Exchange> = {}) =>
  explain(request, response, more).causes.map(({ code }) => code)

/** The defects that the lint finds, by name. */
export const found = (request: Request, context: Lint.Context = { at: answered }): ReadonlyArray<string> =>
  Lint.check(request, context).map(({ _tag }) => _tag)
