/**
 * Distinguishes the page of a captive portal from a response sent by an API.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { HttpAnswer } from "./HttpAnswer.ts"
import { isTemporary, leavesHost } from "./internal/redirect/location.ts"

/**
 * Whether a response is a web page. The first characters of the body are checked because portals may send an incorrect type,
 * and the type is checked because a page may begin with any text. A JSON body, or a form that contains a token or an error,
 * is not a page regardless of its type, because APIs also send incorrect types.
 */
export const isHtml = ({ body, headers }: Pick<HttpAnswer, "body" | "headers">): boolean =>
  /^\s*<(?:!doctype html|html|head|body|meta|script)\b/i.test(body) ||
  (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(header(headers, "content-type") ?? "") && !isData(body))

const isData = (body: string): boolean =>
  /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/.test(body) ||
  /^\s*(?:access_token|id_token|refresh_token|token_type|expires_in|scope|error|error_description|oauth_token)=/.test(
    body,
  )

/**
 * Whether the response to an API request comes from a captive portal. API requests never expect a page.
 *
 * **Details**
 *
 * A response comes from a captive portal if it is a page with a success status, a page with the status of a temporary
 * redirect, a temporary redirect to another host, or a response with status 511, which is defined for captive portals (RFC
 * 6585, section 6). Permanent redirects are attributed to the API, because a portal does not want clients to remember its
 * redirects. A page with an error status is treated as an error page, which the vendor's decoder classifies.
 */
export const isPortal = (response: HttpClientResponse.HttpClientResponse, answer: HttpAnswer): boolean => {
  if (answer.status === 511) return true
  if (isTemporary(answer.status)) {
    return isHtml(answer) || leavesHost(response.url, answer.headers["location"])
  }
  return answer.status < 300 && isHtml(answer)
}
