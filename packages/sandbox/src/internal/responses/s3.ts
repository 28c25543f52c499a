/**
 * S3's response documents, and the errors of a chunk or form that do not concern its signature.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Refusal } from "../../Signature.ts"

/** An error response. `requestId` is the identifier that a user quotes to support. */
export const refuse = (refusal: Refusal, resource: string, requestId: string) =>
  HttpServerResponse.text(document(refusal, resource, requestId), {
    status: refusal.status,
    contentType: "application/xml",
    headers: { "x-amz-request-id": requestId, server: "AmazonS3" },
  })

export const document = (refusal: Refusal, resource: string, requestId: string): string => {
  const elements = {
    Code: refusal.code,
    Message: refusal.message,
    ...refusal.extra,
    Resource: resource,
    RequestId: requestId,
    HostId: "holdfast-sandbox",
  }
  return xml("Error", elements)
}

/** The response to a form that requested status 201. */
export const postResponse = (elements: Readonly<Record<"Location" | "Bucket" | "Key" | "ETag", string>>): string =>
  xml("PostResponse", elements)

const xml = (root: string, elements: Readonly<Record<string, string>>): string => {
  const inner = Object.entries(elements).map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner.join("")}</${root}>`
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c] ?? c)

export const slowDown: Refusal = { code: "SlowDown", status: 503, message: "Please reduce your request rate." }
export const internalError: Refusal = {
  code: "InternalError",
  status: 500,
  message: "We encountered an internal error. Please try again.",
}
export const missingContentLength: Refusal = {
  code: "MissingContentLength",
  status: 411,
  message: "You must provide the Content-Length HTTP header.",
}
export const entityTooLarge: Refusal = {
  code: "EntityTooLarge",
  status: 400,
  message: "Your proposed upload exceeds the maximum allowed size",
  extra: { MaxSizeAllowed: String(5 * 1024 ** 3) },
}
export const noSuchKey: Refusal = { code: "NoSuchKey", status: 404, message: "The specified key does not exist." }
export const incompleteBody: Refusal = {
  code: "IncompleteBody",
  status: 400,
  message: "You did not provide the number of bytes specified by the Content-Length HTTP header.",
}

export const noForm: Refusal = {
  code: "PreconditionFailed",
  status: 412,
  message: "At least one of the pre-conditions you specified did not hold",
  extra: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
}
export const malformedForm: Refusal = {
  code: "MalformedPOSTRequest",
  status: 400,
  message: "The body of your POST request is not well-formed multipart/form-data.",
}
export const headTooLarge: Refusal = {
  code: "MaxPostPreDataLengthExceeded",
  status: 400,
  message: "Your POST request fields preceding the upload file were too large.",
  extra: { MaxPostPreDataLengthBytes: "20480" },
}
export const notOneFile = (files: number): Refusal => ({
  code: "InvalidArgument",
  status: 400,
  message: "POST requires exactly one file upload per request.",
  extra: { ArgumentName: "file", ArgumentValue: String(files) },
})
export const twoProofs: Refusal = {
  code: "InvalidArgument",
  status: 400,
  message:
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
  extra: { ArgumentName: "Authorization", ArgumentValue: "" },
}
export const transferEncoding: Refusal = {
  code: "NotImplemented",
  status: 501,
  message: "A header you provided implies functionality that is not implemented",
  extra: { Header: "Transfer-Encoding" },
}
export const tooLarge = (bytes: number, max: number): Refusal => ({
  code: "EntityTooLarge",
  status: 400,
  message: "Your proposed upload exceeds the maximum allowed size",
  extra: { ProposedSize: String(bytes), MaxSizeAllowed: String(max) },
})
export const tooSmall = (bytes: number, min: number): Refusal => ({
  code: "EntityTooSmall",
  status: 400,
  message: "Your proposed upload is smaller than the minimum allowed size",
  extra: { ProposedSize: String(bytes), MinSizeAllowed: String(min) },
})
