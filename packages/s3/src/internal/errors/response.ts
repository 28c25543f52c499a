/**
 * Reads what a response says about an error. The decoder of `S3Error` and the diagnosis both read through it.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as ErrorDocument from "./document.ts"

/** What a response says. */
export interface Said {
  /** What the body says; `undefined` if the body is not S3's. */
  readonly document: ErrorDocument.Document | undefined
  /** Empty without a document, or if the document has none. */
  readonly code: string
  /** Empty without a document, or if the document has none. */
  readonly message: string
  /** From the document, else from the headers. */
  readonly requestId: string | undefined
  /** From the document, else from the headers. */
  readonly hostId: string | undefined
  readonly resource: string | undefined
  /** All other elements of the document, by name. */
  readonly extra: Readonly<Record<string, string>>
}

/** Reads the body and the headers of a response. Total. */
export const read = ({ body, headers }: Pick<HttpAnswer, "body" | "headers">): Said =>
  of(ErrorDocument.read(body), headers)

/** The same for a body that has been read already. */
export const of = (document: ErrorDocument.Document | undefined, headers: HttpAnswer["headers"]): Said => ({
  document,
  code: document?.code ?? "",
  message: document?.message ?? "",
  requestId: document?.requestId ?? requestIdIn(headers),
  hostId: document?.hostId ?? header(headers, "x-amz-id-2"),
  resource: document?.resource,
  extra: document?.extra ?? {},
})

/**
 * The request id in the headers: S3 signs every response with one, its redirects to another host included, and a captive
 * portal does not.
 */
export const requestIdIn = (headers: HttpAnswer["headers"]): string | undefined => header(headers, "x-amz-request-id")
