/**
 * Reads messages from the console of a browser. The messages concern CORS, `net::ERR_…`, and failed loads in Chromium,
 * Firefox and Safari.
 */
import type { Recognized } from "./recognized.ts"

/**
 * Patterns for lines that report a response that the page is not allowed to read; most of these lines contain the address of
 * the request.
 */
const cors: ReadonlyArray<RegExp> = [
  /Access to (?:fetch|XMLHttpRequest|resource|image|script|font) at '([^'\s]{1,8000})'[^\n]{0,300} has been blocked by CORS policy[^\n]{0,600}/,
  /Cross-Origin Request Blocked:[^\n]{0,200} at (\S{1,8000})[^\n]{0,400}/,
  /(?:XMLHttpRequest|Fetch API) cannot load (\S{1,8000}) (?:due to access control checks|Response (?:for|to) preflight|No 'Access-Control-Allow-Origin'|The request was redirected|Origin )[^\n]{0,300}/,
  /Origin \S{1,300} is not allowed by Access-Control-Allow-Origin[^\n]{0,200}/,
  /Preflight response is not successful[^\n]{0,200}/,
]

/** Matches the reason at the end of a localized Firefox message. */
const reason =
  /[(\uff08 ](?:Grund|Raison|Razón|Motivo|Reden|Orsak|Powód|Причина|理由|原因)\s?[:\uff1a][^\n]{0,40}\bCORS\b[^\n]{0,200}/

/** Returns a line that contains the reason for a blocked request, and the address in that line. */
const blockedIn = (text: string): readonly [line: string, address?: string] | undefined => {
  const found = reason.exec(text)
  if (found === null) return undefined
  const before = text.slice(text.lastIndexOf("\n", found.index) + 1, found.index).slice(-8000)
  const [address] = /https?:\/\/[^\s\u3000-\u9fff]{1,8000}/.exec(before) ?? []
  return address === undefined ? [found[0]] : [`${before}${found[0]}`, address]
}

/** Patterns for requests that a browser did not send because of mixed content or the page's Content-Security-Policy. */
const unsent: ReadonlyArray<RegExp> = [
  /Mixed Content: [^\n]{0,400}? (?:endpoint|resource|script|stylesheet|image|video|favicon|form action)?[^\n']{0,40}'(https?:\/\/[^'\s]{1,8000})'[^\n]{0,300}/,
  /(?:Blocked loading|Loading) mixed (?:\(insecure\) )?(?:active|display) content ["'](https?:\/\/[^"'\s]{1,8000})["'][^\n]{0,200}/i,
  /\[blocked\] The page at \S{1,2000} was not allowed to (?:run|display) insecure content from (\S{1,8000})[^\n]{0,200}/,
  /(?:Refused to connect to|Connecting to) '([^'\s]{1,8000})'[^\n]{0,100}(?:violates|Content Security Policy)[^\n]{0,300}/,
]

/**
 * Matches the line in which Chromium reports a failed request. Examples are `PUT https://… net::ERR_FAILED` and
 * `… 403 (Forbidden)`.
 */
const load =
  /\b(GET|HEAD|PUT|POST|DELETE|PATCH|OPTIONS) (https?:\/\/\S{1,8000}) (?:(net::ERR_\w{1,60})(?: ([1-5]\d\d)\b)?|([1-5]\d\d) \([\w ]{0,40}\))/

const failedLoad =
  /Failed to load resource: (?:(net::ERR_\w{1,60})|the server responded with a status of ([1-5]\d\d))[^\n]{0,200}/

const trimmed = (address: string | undefined): string | undefined => address?.replace(/[.,;:!)]{1,4}$/, "")

const statusIn = (text: string): number | undefined => {
  const [, status] =
    /(?:Status ?code|Code d.état|Código de estado|Codice di stato|Код состояния|ステータスコード|状态码)\s?[:\uff1a]\s?([1-5]\d\d)|HTTP status of ([1-5]\d\d)/i
      .exec(text)
      ?.filter((group) => group !== undefined) ?? []
  return status === undefined ? undefined : Number(status)
}

/** Reads console lines. */
export const read = (text: string): Recognized | undefined => {
  const held = unsent.map((pattern) => pattern.exec(text)).find((found) => found !== null)
  if (held) {
    const url = trimmed(held[1])
    return {
      exchange: { ...(url === undefined ? {} : { request: { url } }), failure: held[0] },
      as: "a browser console message about a request that was not sent",
    }
  }
  const blocked = cors.map((pattern) => pattern.exec(text)).find((found) => found !== null) ?? blockedIn(text)
  const line = load.exec(text)
  const loading = failedLoad.exec(text)
  if (!blocked && line === null && loading === null) return undefined
  const method = line?.[1]
  const url = trimmed(line?.[2] ?? blocked?.[1])
  // Chromium knows the status of an answer that it hides.
  const hidden = line?.[4]
  const stated = line?.[5] ?? hidden ?? loading?.[2]
  const status = statusIn(text) ?? (stated === undefined ? undefined : Number(stated))
  const failure = blocked?.[0] ?? line?.[3] ?? loading?.[1]
  if (failure === undefined && status === undefined) return undefined
  const request = {
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { url }),
  }
  return {
    exchange: {
      ...(Object.keys(request).length === 0 ? {} : { request }),
      ...(status === undefined || failure !== undefined ? {} : { response: { status } }),
      ...(failure === undefined
        ? {}
        : { failure: hidden === undefined ? failure : `${failure} Status code: ${hidden}` }),
    },
    as: blocked ? "a browser console message about CORS" : "browser console lines",
  }
}
