/**
 * S3's error document, and the refusals of a chunk that have nothing to do with its signature.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Refusal } from "../Signature.ts"

/** The answer to a refused request. `requestId` is what a person would quote to support. */
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
  const xml = Object.entries(elements).map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml.join("")}</Error>`
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
