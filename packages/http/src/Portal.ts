/**
 * Telling the page of a captive portal from the answer of an API.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { HttpAnswer } from "./HttpAnswer.ts"
import { isTemporary, leavesHost } from "./internal/redirect/location.ts"

/** Whether an answer is a web page, by its type or, since portals lie about that, by its first characters. */
export const isHtml = ({ body, headers }: Pick<HttpAnswer, "body" | "headers">): boolean =>
  /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(header(headers, "content-type") ?? "") ||
  /^\s*<(?:!doctype html|html|head|body|meta|script)\b/i.test(body)

/**
 * Whether an answer is a portal's, where a page is none of the things that an API says.
 *
 * **Details**
 *
 * A success or a temporary redirect that is a page, a temporary redirect to another host, or status 511, which exists for
 * portals that want to be recognised (RFC 6585, section 6). Permanent redirects are the API's own: a portal does not want
 * to be remembered. A page with an error status is somebody's error page, and the vendor's decoder judges it.
 */
export const isPortal = (response: HttpClientResponse.HttpClientResponse, answer: HttpAnswer): boolean => {
  if (answer.status === 511) return true
  if (isTemporary(answer.status)) {
    return isHtml(answer) || leavesHost(response.url, answer.headers["location"])
  }
  return answer.status < 300 && isHtml(answer)
}
