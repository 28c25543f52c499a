/**
 * Defines the corrections that safe fixes apply, keyed by rule code.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { HttpFacts } from "./facts.ts"

type HttpCorrection = Correction<HttpFacts>

const overTls: HttpCorrection = (request) =>
  /^http:\/\//i.test(request.url ?? "")
    ? { request: { ...request, url: request.url?.replace(/^http:/i, "https:") } }
    : undefined

/** Percent-encodes spaces, because a space would end the path in the request line. */
const blanksEncoded: HttpCorrection = (request) =>
  request.url?.includes(" ") === true
    ? { request: { ...request, url: request.url.trim().replaceAll(" ", "%20") } }
    : undefined

/** If the length of a body is known, the client does not have to send the body in chunks. */
const withLength: HttpCorrection = (request) => {
  const length = RequestEdit.lengthOf(request)
  const whole = RequestEdit.withoutHeaders(request, "transfer-encoding")
  if (length !== undefined) return { request: RequestEdit.withHeader(whole, "Content-Length", String(length)) }
  return request.form === undefined ? undefined : { request: RequestEdit.withoutHeaders(whole, "content-length") }
}

/** Removes the Content-Length header, because the client that sends the body counts the bytes itself. */
const countedByClient: HttpCorrection = (request) =>
  RequestEdit.headerOf(request, "content-length") === undefined
    ? undefined
    : { request: { ...RequestEdit.withoutHeaders(request, "content-length"), size: undefined } }

const withoutExpect: HttpCorrection = (request) =>
  RequestEdit.headerOf(request, "expect") === undefined
    ? undefined
    : { request: RequestEdit.withoutHeaders(request, "expect") }

/**
 * The request remains unchanged. After a 421, a request with any method may be repeated on another connection (RFC 9110,
 * section 15.5.20).
 */
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
