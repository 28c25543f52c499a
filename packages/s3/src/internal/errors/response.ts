/**
 * Reads the error from a response. The decoder of `S3Error` and the diagnosis both use it.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as ErrorDocument from "./document.ts"
import * as HeaderError from "./headerError.ts"

/** The error that a response contains. */
export interface Said {
  /** The error in the body; `undefined` if the body does not come from S3. */
  readonly document: ErrorDocument.Document | undefined
  /** The code from the document or, if it lacks one, from the headers; empty if neither contains one. */
  readonly code: string
  /** The message from the document or, if it lacks one, from the headers; empty if neither contains one. */
  readonly message: string
  /** The request id from the document or, if it lacks one, from the headers. */
  readonly requestId: string | undefined
  /** The host id from the document or, if it lacks one, from the headers. */
  readonly hostId: string | undefined
  readonly resource: string | undefined
  /** All other elements of the error document, by name. */
  readonly extra: Readonly<Record<string, string>>
}

/** Reads the body and the headers of a response. Total. */
export const read = ({ body, headers }: Pick<HttpAnswer, "body" | "headers">): Said =>
  of(ErrorDocument.read(body), headers)

/** Like `read`, but for a body that has already been read. */
export const of = (document: ErrorDocument.Document | undefined, headers: HttpAnswer["headers"]): Said => {
  const bare = document === undefined ? HeaderError.read(headers) : undefined
  return {
    document,
    code: document?.code ?? bare?.code ?? "",
    message: document?.message ?? bare?.message ?? "",
    requestId: document?.requestId ?? requestIdIn(headers) ?? vendorIdIn(headers),
    hostId: document?.hostId ?? header(headers, "x-amz-id-2"),
    resource: document?.resource,
    extra: document?.extra ?? {},
  }
}

/**
 * The request id from the headers. S3 adds a request id to every response, including redirects to another host. A captive
 * portal does not add a request id.
 */
export const requestIdIn = (headers: HttpAnswer["headers"]): string | undefined => header(headers, "x-amz-request-id")

/** The request id headers of vendors that do not use Amazon's header name. */
const vendorIds = [
  "x-guploader-uploadid",
  "x-oss-request-id",
  "x-cos-request-id",
  "x-obs-request-id",
  "x-clv-request-id",
  "opc-request-id",
  "x-tos-request-id",
  "x-bce-request-id",
  "x-ntap-sg-trace-id",
  "x-trans-id",
  "x-ms-request-id",
] as const

const vendorIdIn = (headers: HttpAnswer["headers"]): string | undefined => {
  for (const name of vendorIds) {
    const id = header(headers, name)
    if (id !== undefined && id.trim() !== "") return id
  }
  return undefined
}
