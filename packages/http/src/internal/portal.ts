import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { HttpAnswer } from "../HttpAnswer.ts"

/** Whether an answer is a web page, by its type or, since portals lie about that, by its first characters. */
export const isHtml = ({ body, headers }: Pick<HttpAnswer, "body" | "headers">): boolean =>
  /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers["content-type"] ?? "") ||
  /^\s*<(?:!doctype html|html|head|body|meta|script)\b/i.test(body)

/**
 * Whether an answer below 400 is a portal's rather than the API's, where JSON was due.
 *
 * The redirects are the temporary ones: a portal does not want to be remembered. The status 511 exists for portals that
 * want to be recognised (RFC 6585, section 6).
 */
export const isPortal = (response: HttpClientResponse.HttpClientResponse, answer: HttpAnswer): boolean => {
  if (answer.status === 511) return true
  if (answer.status === 302 || answer.status === 303 || answer.status === 307) {
    return isHtml(answer) || leadsElsewhere(response.url, answer.headers["location"])
  }
  return answer.status < 300 && isHtml(answer)
}

const leadsElsewhere = (from: string, location: string | undefined): boolean =>
  location !== undefined &&
  URL.canParse(from) &&
  URL.canParse(location, from) &&
  new URL(location, from).hostname !== new URL(from).hostname
