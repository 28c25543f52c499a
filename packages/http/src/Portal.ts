/**
 * Distinguishes the page of a captive portal from the response of an API.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { HttpAnswer } from "./HttpAnswer.ts"
import { isTemporary, leavesHost } from "./internal/redirect/location.ts"

/**
 * Whether a response is a web page: by its first characters, since portals misstate the type, or by its type, since pages may
 * begin with anything. A body that is JSON, or a form with a token or an error, is not a page whatever its type, because APIs
 * misstate the type too.
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
 * Whether a response to an API request, which never expects a page, comes from a captive portal.
 *
 * **Details**
 *
 * It does if it is a success or a temporary redirect that is a page, a temporary redirect to another host, or status 511, which
 * exists for portals that want to be recognized (RFC 6585, section 6). Permanent redirects are the API's own, because a portal
 * does not want to be remembered. A page with an error status is an error page, which the vendor's decoder judges.
 */
export const isPortal = (response: HttpClientResponse.HttpClientResponse, answer: HttpAnswer): boolean => {
  if (answer.status === 511) return true
  if (isTemporary(answer.status)) {
    return isHtml(answer) || leavesHost(response.url, answer.headers["location"])
  }
  return answer.status < 300 && isHtml(answer)
}
