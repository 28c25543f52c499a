/**
 * The corrections that safe fixes make, by the code of the rule.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { HttpFacts } from "./facts.ts"

type HttpCorrection = Correction<HttpFacts>

const overTls: HttpCorrection = (request) =>
  /^http:\/\//i.test(request.url ?? "")
    ? { request: { ...request, url: request.url?.replace(/^http:/i, "https:") } }
    : undefined

/** A space would end the path in the request line. */
const blanksEncoded: HttpCorrection = (request) =>
  request.url?.includes(" ") === true
    ? { request: { ...request, url: request.url.trim().replaceAll(" ", "%20") } }
    : undefined

/** A body whose length is known need not be sent in chunks. */
const withLength: HttpCorrection = (request) => {
  const length = RequestEdit.lengthOf(request)
  const whole = RequestEdit.withoutHeaders(request, "transfer-encoding")
  if (length !== undefined) return { request: RequestEdit.withHeader(whole, "Content-Length", String(length)) }
  return request.form === undefined ? undefined : { request: RequestEdit.withoutHeaders(whole, "content-length") }
}

/** The client that sends the bytes counts them. */
const countedByClient: HttpCorrection = (request) =>
  RequestEdit.headerOf(request, "content-length") === undefined
    ? undefined
    : { request: { ...RequestEdit.withoutHeaders(request, "content-length"), size: undefined } }

const withoutExpect: HttpCorrection = (request) =>
  RequestEdit.headerOf(request, "expect") === undefined
    ? undefined
    : { request: RequestEdit.withoutHeaders(request, "expect") }

/** The request stays the same. Any method may be repeated on another connection (RFC 9110, section 15.5.20). */
const overAnotherConnection: HttpCorrection = (request) => ({ request })

/** By code. */
export const corrections: Readonly<Record<string, HttpCorrection>> = {
  "HF-HTTP-ANSWER-004": blanksEncoded,
  "HF-HTTP-LIMIT-002": withLength,
  "HF-HTTP-LIMIT-007": withoutExpect,
  "HF-HTTP-NET-011": countedByClient,
  "HF-HTTP-STATUS-008": overAnotherConnection,
  "HF-HTTP-TLS-006": overTls,
}
